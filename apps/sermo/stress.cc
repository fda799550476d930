#include "stress.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

namespace sermo::app {
namespace {

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

}  // namespace sermo::app
