#include "evaluation_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "sermo/eval/enrolment_draws.h"
#include "sermo/features/schema.h"
#include "text_table.h"

namespace sermo::app {
namespace {

std::string speakers_line(const eval::Evaluation& evaluation) {
  if (evaluation.plan.speakers_apart) return "no speaker in both parts";
  if (evaluation.leaks.num_shared_speakers > 0) {
    return fmt::format(
        "same speakers in training and test ({} of them): expect less on voices that the models "
        "never heard",
        evaluation.leaks.num_shared_speakers);
  }
  return "speakers unknown: whether one is in both parts cannot be told";
}

}  // namespace

std::string heading(const nlohmann::ordered_json& evaluation, const eval::Evaluation& found) {
  return fmt::format("{}: {} {}, {} clips tested; {}\n", found.plan.name, found.plan.folds.size(),
                     found.plan.folds.size() == 1 ? "fold" : "folds", evaluation["clips"].size(),
                     speakers_line(found));
}

std::string score_table(const nlohmann::ordered_json& evaluation) {
  TextTable table({{"model"},
                   {"UAR", Align::kRight},
                   {"95 %"},
                   {"accuracy", Align::kRight},
                   {"macro F1", Align::kRight},
                   {"ECE before", Align::kRight},
                   {"after", Align::kRight},
                   {"best half", Align::kRight},
                   {"fit", Align::kRight},
                   {"features"},
                   {"title"}});
  std::vector<const nlohmann::ordered_json*> models;
  for (const nlohmann::ordered_json& model : evaluation["models"]) models.push_back(&model);
  const auto uar = [](const nlohmann::ordered_json* m) {
    return (*m)["scores"]["uar"].get<double>();
  };
  std::ranges::stable_sort(models, std::ranges::greater{}, uar);
  const auto digits = [](const nlohmann::ordered_json& value) {
    return fmt::format("{:.3f}", value.get<double>());
  };
  for (const nlohmann::ordered_json* model : models) {
    const nlohmann::ordered_json& scores = (*model)["scores"];
    const nlohmann::ordered_json& interval = scores["uar_interval"];
    table.add_row(
        {(*model)["name"].get<std::string>(), digits(scores["uar"]),
         interval.is_null() ? ""
                            : fmt::format("{} to {}", digits(interval[0]), digits(interval[1])),
         digits(scores["accuracy"]), digits(scores["macro_f1"]), digits(scores["ece_before"]),
         digits(scores["ece"]), digits(scores["accuracy_at_half_coverage"]),
         fmt::format("{:.2f} s", (*model)["fit_seconds"].get<double>()),
         std::string(features::schema_name((*model)["schema_id"].get<std::string>())),
         (*model)["title"].get<std::string>()});
  }
  return table.str();
}

std::string condition_table(const nlohmann::ordered_json& evaluation, const char* key,
                            std::string_view heading) {
  std::vector<const nlohmann::ordered_json*> models;
  for (const nlohmann::ordered_json& model : evaluation["models"]) {
    if (model.contains(key)) models.push_back(&model);
  }
  if (models.empty()) return {};
  std::ranges::stable_sort(models, std::ranges::greater{}, [](const nlohmann::ordered_json* model) {
    return (*model)["scores"]["uar"].get<double>();
  });
  TextTable table({{"condition"},
                   {"model"},
                   {"UAR", Align::kRight},
                   {"95 %"},
                   {"accuracy", Align::kRight},
                   {"ECE", Align::kRight},
                   {"uncertain", Align::kRight}});
  const size_t num_conditions = models.front()->at(key).size();
  for (size_t c = 0; c < num_conditions; ++c) {
    for (const nlohmann::ordered_json* model : models) {
      const nlohmann::ordered_json& in = model->at(key)[c];
      const nlohmann::ordered_json& interval = in["uar_interval"];
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
  return fmt::format("{}:\n{}", heading, table.str());
}

std::string enrolment_table(const nlohmann::ordered_json& enrolled) {
  std::vector<Column> columns = {{"enrolled with"}, {"clips of"}};
  for (size_t k : eval::kEnrolmentClips)
    columns.push_back({fmt::format("{} {}", k, k == 1 ? "clip" : "clips"), Align::kRight});
  TextTable table(columns);
  for (const nlohmann::ordered_json& model : enrolled["models"]) {
    for (const nlohmann::ordered_json& curve : model["curves"]) {
      std::vector<std::string> cells = {model["name"].get<std::string>(),
                                        curve["clips_of"].get<std::string>()};
      for (size_t k : eval::kEnrolmentClips) {
        std::string cell;
        for (const nlohmann::ordered_json& point : curve["points"]) {
          if (point["clips"] != k) continue;
          const auto uar = point["uar"].get<double>();
          cell = fmt::format("{:.3f} {:+.3f}", uar, uar - point["uar_unknown"].get<double>());
        }
        cells.push_back(std::move(cell));
      }
      table.add_row(std::move(cells));
    }
  }
  return fmt::format(
      "\nenrolled speakers: UAR, and what it gains, with unlabelled clips of the tested speaker, "
      "none "
      "of them scored; {} draws\n{}",
      enrolled["draws"].get<size_t>(), table.str());
}

std::string mapping_line(const eval::JoinedCorpora& corpora,
                         const std::vector<std::string>& learnt) {
  std::string renamed;
  for (size_t k = 0; k < learnt.size(); ++k) {
    const std::string& to = corpora.mapping.learnt_to_shared[k];
    if (!to.empty() && to != learnt[k]) renamed += fmt::format("; {} counts as {}", learnt[k], to);
  }
  std::string left_out;
  if (corpora.num_left_out > 0) {
    left_out = fmt::format("; {} clips left out ({})", corpora.num_left_out,
                           fmt::join(corpora.mapping.not_learnt, " "));
  }
  return fmt::format("answers among {}{}{}\n", fmt::join(corpora.mapping.shared, " "), renamed,
                     left_out);
}

}  // namespace sermo::app
