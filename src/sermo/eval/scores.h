// What one set of predictions is worth: every score of a report, computed once.
//
// Definitions are those of metrics.h, risk_coverage.h and resampling.h. Thread rule: plain values,
// pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/eval/metrics.h"
#include "sermo/eval/resampling.h"

namespace sermo::eval {

// Scores of some of the clips: those of one speaker, one sex, one intensity.
struct GroupScores {
  std::string name;
  size_t num_clips = 0;
  double accuracy = 0.0;
  double uar = 0.0;
};

// A way to tell clips apart: "speaker", "sex", "intensity".
struct Grouping {
  std::string name;
  std::vector<std::string> group_of;  // [M], empty where it does not apply
};

// Share of right answers when neutral and calm are one option, as the listeners were asked who
// rated RAVDESS.
struct SevenOptions {
  double accuracy = 0.0;
  double uar = 0.0;
};

// What those listeners reached (Livingstone & Russo, PLoS ONE 13(5), 2018).
inline constexpr double kHumanSevenOptions = 0.624;

struct Scores {
  ConfusionMatrix confusion;
  std::vector<ConfusionMatrix> by_speaker;  // known speakers, ascending
  std::optional<Interval> uar_interval;     // 95 %, other speakers drawn
  double log_loss = 0.0;
  double brier = 0.0;
  double ece = 0.0;
  std::vector<ReliabilityBin> reliability;
  std::vector<double> risk_coverage;  // one a number of answered clips
  double aurc = 0.0;
  double accuracy_at_half_coverage = 0.0;
  std::optional<SevenOptions> seven_options;  // where both neutral and calm are labels
};

// `probabilities` [M, K] with the classes' names `labels`; `seed` draws the speakers.
Scores score(MatrixView probabilities, std::span<const int> truth, std::span<const int> speakers,
             std::span<const std::string> labels, uint32_t seed);

// One a group that occurs, in alphabetical order, numbers by their value.
std::vector<GroupScores> group_scores(MatrixView probabilities, std::span<const int> truth,
                                      const Grouping& grouping);

}  // namespace sermo::eval
