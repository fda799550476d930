#include "sermo/eval/scores.h"

#include <algorithm>
#include <map>

#include "sermo/base/check.h"
#include "sermo/eval/risk_coverage.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {
namespace {

// Probabilities of both add up; the merged class takes the first one's place.
std::optional<SevenOptions> merge_neutral_and_calm(MatrixView probabilities,
                                                   std::span<const int> truth,
                                                   std::span<const std::string> labels) {
  const auto neutral = std::ranges::find(labels, "neutral");
  const auto calm = std::ranges::find(labels, "calm");
  if (neutral == labels.end() || calm == labels.end()) return std::nullopt;
  const auto kept = static_cast<size_t>(neutral - labels.begin());
  const auto merged = static_cast<size_t>(calm - labels.begin());
  ConfusionMatrix confusion(labels.size());
  std::vector<float> row;
  for (size_t r = 0; r < truth.size(); ++r) {
    row.assign(probabilities.row(r).begin(), probabilities.row(r).end());
    row[kept] += row[merged];
    row[merged] = -1.0f;  // never the most probable
    const auto actual = static_cast<size_t>(truth[r]);
    confusion.add(actual == merged ? kept : actual, model::argmax(row));
  }
  return SevenOptions{confusion.accuracy(), confusion.unweighted_average_recall()};
}

}  // namespace

Scores score(MatrixView probabilities, std::span<const int> truth, std::span<const int> speakers,
             std::span<const std::string> labels, uint32_t seed) {
  SERMO_CHECK(labels.size() == probabilities.num_cols(), "one name a class");
  Scores scores{.confusion = confusion_of(probabilities, truth)};
  scores.by_speaker = confusion_by_speaker(probabilities, truth, speakers);
  scores.uar_interval = uar_interval(scores.by_speaker, seed);
  scores.log_loss = log_loss(probabilities, truth);
  scores.brier = brier_score(probabilities, truth);
  scores.ece = expected_calibration_error(probabilities, truth);
  scores.reliability = reliability_bins(probabilities, truth);
  scores.risk_coverage = risk_coverage_curve(probabilities, truth);
  scores.aurc = area_under(scores.risk_coverage);
  scores.accuracy_at_half_coverage = accuracy_at_coverage(scores.risk_coverage, 0.5);
  scores.seven_options = merge_neutral_and_calm(probabilities, truth, labels);
  return scores;
}

std::vector<GroupScores> group_scores(MatrixView probabilities, std::span<const int> truth,
                                      const Grouping& grouping) {
  SERMO_CHECK(grouping.group_of.size() == truth.size(), "one group a row");
  // Numbers by value: 2 before 10.
  const auto before = [](const std::string& a, const std::string& b) {
    const auto is_number = [](const std::string& text) {
      return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    };
    if (is_number(a) && is_number(b) && a.size() != b.size()) return a.size() < b.size();
    return a < b;
  };
  std::map<std::string, ConfusionMatrix, decltype(before)> groups(before);
  for (size_t r = 0; r < truth.size(); ++r) {
    if (grouping.group_of[r].empty()) continue;
    groups.try_emplace(grouping.group_of[r], probabilities.num_cols())
        .first->second.add(static_cast<size_t>(truth[r]), model::argmax(probabilities.row(r)));
  }
  std::vector<GroupScores> scores;
  for (const auto& [name, confusion] : groups) {
    scores.push_back(
        {name, confusion.total(), confusion.accuracy(), confusion.unweighted_average_recall()});
  }
  return scores;
}

}  // namespace sermo::eval
