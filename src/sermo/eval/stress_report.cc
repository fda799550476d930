#include "sermo/eval/stress_report.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "sermo/eval/html_text.h"
#include "sermo/eval/rounded.h"
#include "sermo/eval/scores.h"

namespace sermo::eval {
namespace {

using nlohmann::ordered_json;

ordered_json scores_in(const std::string& condition, const Answers& given,
                       const CrossEvaluation& answers, std::span<const int> speakers,
                       std::span<const std::string> labels, uint32_t seed) {
  const Scores scores = score(given.calibrated, answers.truth, speakers, labels, seed);
  ConfusionMatrix certain(labels.size());
  for (size_t i = 0; i < answers.truth.size(); ++i) {
    if (!given.uncertain[i]) {
      certain.add(static_cast<size_t>(answers.truth[i]), model::argmax(given.calibrated.row(i)));
    }
  }
  const auto num_clips = static_cast<double>(answers.truth.size());
  ordered_json json = {
      {"condition", condition},
      {"clips", answers.truth.size()},
      {"uar", rounded(scores.confusion.unweighted_average_recall())},
      {"uar_interval", nullptr},
      {"accuracy", rounded(scores.confusion.accuracy())},
      {"ece", rounded(scores.ece)},
      {"uncertain", rounded(1.0 - static_cast<double>(certain.total()) / num_clips)},
      {"not_uncertain_accuracy", nullptr}};
  if (scores.uar_interval) {
    json["uar_interval"] = {rounded(scores.uar_interval->low), rounded(scores.uar_interval->high)};
  }
  if (certain.total() > 0) json["not_uncertain_accuracy"] = rounded(certain.accuracy());
  return json;
}

std::string table_html(const ordered_json& evaluation, const char* key, std::string_view heading,
                       std::string_view what) {
  std::vector<const ordered_json*> models;
  for (const ordered_json& model : evaluation["models"]) {
    if (model.contains(key)) models.push_back(&model);
  }
  if (models.empty()) return {};
  std::string html = fmt::format(
      "<h3>{}</h3>\n<p>{} UAR and its interval, the calibration error, and how many answers are "
      "called uncertain.</p>\n<div class=\"wide\"><table><tr><th>condition</th>",
      heading, what);
  for (const ordered_json* model : models)
    html += fmt::format("<th>{}</th>", words((*model)["name"]));
  html += "</tr>\n";
  for (size_t c = 0; c < models.front()->at(key).size(); ++c) {
    html += fmt::format("<tr><td>{}</td>", words(models.front()->at(key)[c]["condition"]));
    for (const ordered_json* model : models) {
      const ordered_json& in = model->at(key)[c];
      const ordered_json& interval = in["uar_interval"];
      html += fmt::format(
          "<td><b>{:.3f}</b>{}<br>ECE {:.3f}, {:.0f} % uncertain</td>", in["uar"].get<double>(),
          interval.is_null() ? ""
                             : fmt::format(" ({:.3f} to {:.3f})", interval[0].get<double>(),
                                           interval[1].get<double>()),
          in["ece"].get<double>(), 100.0 * in["uncertain"].get<double>());
    }
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

}  // namespace

ordered_json rounded_rows(const Matrix& probabilities) {
  ordered_json rows = ordered_json::array();
  for (size_t i = 0; i < probabilities.num_rows(); ++i) {
    ordered_json row = ordered_json::array();
    for (float p : probabilities.row(i)) row.push_back(rounded(p));
    rows.push_back(std::move(row));
  }
  return rows;
}

ordered_json conditions_json(const OutOfFoldModel& model, const CrossEvaluation& answers,
                             const std::string& unchanged, std::span<const int> speakers,
                             std::span<const std::string> labels, uint32_t seed) {
  ordered_json conditions = ordered_json::array();
  conditions.push_back(scores_in(unchanged, model, answers, speakers, labels, seed));
  for (size_t c = 0; c < answers.conditions.size(); ++c) {
    const Answers& given = model.in_conditions[c];
    ordered_json in = scores_in(answers.conditions[c], given, answers, speakers, labels, seed);
    in["probabilities"] = rounded_rows(given.calibrated);
    in["uncertain_clips"] = given.uncertain;
    conditions.push_back(std::move(in));
  }
  return conditions;
}

std::string conditions_html(const ordered_json& evaluation) {
  return table_html(evaluation, kStressKey, "In other conditions",
                    "The same models asked for the same recordings made worse; nothing was fitted "
                    "on these.") +
         table_html(evaluation, kTargetKey, "The other corpus moved towards the learnt one",
                    "The same models asked for the same recordings, moved without a look at a "
                    "label: each as that of an enrolled speaker whose other recordings are at "
                    "hand, or every feature brought to the mean and deviation of what was learnt.");
}

}  // namespace sermo::eval
