#include "stress.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "text_table.h"

namespace sermo::app {
namespace {

using nlohmann::ordered_json;

std::vector<augment::Condition> fixed_conditions(bool with_babble) {
  std::vector<std::string> names = {"noise white 20 dB",
                                    "noise white 10 dB",
                                    "noise pink 10 dB",
                                    "telephone",
                                    "telephone + noise white 20 dB",
                                    "low-pass 4 kHz",
                                    "room 0.4 s direct 3 dB",
                                    "gain -20 dB"};
  if (with_babble) names.emplace_back("babble 10 dB");
  std::vector<augment::Condition> conditions;
  for (const std::string& name : names)
    conditions.push_back(augment::parse_condition(name).value());
  return conditions;
}

// The clips at `paths` in each of the conditions, from a table that has them as copies.
Result<std::vector<eval::TestCondition>> in_conditions(
    const data::Table& table, std::span<const augment::Condition> conditions,
    std::span<const std::string> paths) {
  std::map<std::pair<std::string_view, std::string_view>, size_t> row_of;
  for (size_t r = 0; r < table.num_rows(); ++r) {
    if (table.is_copy(r)) row_of[{table.paths[r], table.conditions[r]}] = r;
  }
  std::vector<eval::TestCondition> all;
  for (const augment::Condition& condition : conditions) {
    const std::string name = augment::name_of(condition);
    std::vector<size_t> rows;
    for (const std::string& path : paths) {
      const auto found = row_of.find({path, name});
      if (found == row_of.end()) {
        return fail(ErrorCode::kTooShort, fmt::format("{}: no {} features in the condition {}",
                                                      path, table.schema.name, name));
      }
      rows.push_back(found->second);
    }
    all.push_back({name, select_rows(table.features, rows)});
  }
  return all;
}

}  // namespace

Result<std::vector<std::vector<eval::TestCondition>>> stress_conditions(
    const CorpusOptions& corpus, std::span<const std::string> schemas,
    std::span<const std::string> paths, Console& console) {
  const std::vector<augment::Condition> conditions = fixed_conditions(!corpus.babble.empty());
  if (corpus.babble.empty()) console.note("no babble of other talkers without --babble DIR");
  std::vector<WantedTable> wanted;
  for (const std::string& schema : schemas)
    wanted.push_back({schema, augment::recipe_of(conditions)});
  SERMO_TRY(const data::BuiltTables built,
            extract_corpus(corpus, wanted, fmt::format("degrading in {} ways", conditions.size()),
                           console));
  std::vector<std::vector<eval::TestCondition>> all;
  for (const data::Table& table : built.tables) {
    SERMO_TRY(all.emplace_back(), in_conditions(table, conditions, paths));
  }
  return all;
}

std::string stress_table(const ordered_json& evaluation) {
  std::vector<const ordered_json*> models;
  for (const ordered_json& model : evaluation["models"]) {
    if (model.contains("stress")) models.push_back(&model);
  }
  if (models.empty()) return {};
  std::ranges::stable_sort(models, std::ranges::greater{}, [](const ordered_json* model) {
    return (*model)["scores"]["uar"].get<double>();
  });
  TextTable table({{"condition"},
                   {"model"},
                   {"UAR", Align::kRight},
                   {"95 %"},
                   {"accuracy", Align::kRight},
                   {"ECE", Align::kRight},
                   {"uncertain", Align::kRight}});
  const size_t num_conditions = models.front()->at("stress").size();
  for (size_t c = 0; c < num_conditions; ++c) {
    for (const ordered_json* model : models) {
      const ordered_json& in = model->at("stress")[c];
      const ordered_json& interval = in["uar_interval"];
      table.add_row({model == models.front() ? in["condition"].get<std::string>() : "",
                     (*model)["name"].get<std::string>(),
                     fmt::format("{:.3f}", in["uar"].get<double>()),
                     interval.is_null() ? ""
                                        : fmt::format("{:.3f} to {:.3f}", interval[0].get<double>(),
                                                      interval[1].get<double>()),
                     fmt::format("{:.3f}", in["accuracy"].get<double>()),
                     fmt::format("{:.3f}", in["ece"].get<double>()),
                     fmt::format("{:.0f} %", 100.0 * in["uncertain"].get<double>())});
    }
  }
  return "in other conditions, which nothing was fitted on:\n" + table.str();
}

}  // namespace sermo::app
