#include "sermo/eval/stress_report.h"

#include <fmt/format.h>

#include <algorithm>
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

ordered_json stress_json(const OutOfFoldModel& model, const CrossEvaluation& answers,
                         std::span<const int> speakers, std::span<const std::string> labels,
                         uint32_t seed) {
  ordered_json conditions = ordered_json::array();
  conditions.push_back(scores_in("clean", model, answers, speakers, labels, seed));
  for (size_t c = 0; c < answers.conditions.size(); ++c) {
    const Answers& given = model.in_conditions[c];
    ordered_json in = scores_in(answers.conditions[c], given, answers, speakers, labels, seed);
    in["probabilities"] = rounded_rows(given.calibrated);
    in["uncertain_clips"] = given.uncertain;
    conditions.push_back(std::move(in));
  }
  return conditions;
}

std::string stress_html(const ordered_json& evaluation) {
  std::vector<const ordered_json*> models;
  for (const ordered_json& model : evaluation["models"]) {
    if (model.contains("stress")) models.push_back(&model);
  }
  if (models.empty()) return {};
  std::string html =
      "<h3>In other conditions</h3>\n<p>The same models asked for the same recordings made worse; "
      "nothing was fitted on these. UAR and its interval, the calibration error, and how many "
      "answers are called uncertain.</p>\n<div class=\"wide\"><table><tr><th>condition</th>";
  for (const ordered_json* model : models)
    html += fmt::format("<th>{}</th>", words((*model)["name"]));
  html += "</tr>\n";
  for (size_t c = 0; c < models.front()->at("stress").size(); ++c) {
    html += fmt::format("<tr><td>{}</td>", words(models.front()->at("stress")[c]["condition"]));
    for (const ordered_json* model : models) {
      const ordered_json& in = model->at("stress")[c];
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

}  // namespace sermo::eval
