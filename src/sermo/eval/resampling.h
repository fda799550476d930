// How far a score would move with other speakers: the unit that is drawn is a speaker with all of
// their clips, because clips of one speaker rise and fall together.
//
// Thread rule: pure functions; the same seed gives the same numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/eval/metrics.h"

namespace sermo::eval {

// One confusion matrix a speaker, in ascending order of speaker. Clips of unknown speakers (-1)
// have no part in any.
std::vector<ConfusionMatrix> confusion_by_speaker(MatrixView probabilities,
                                                  std::span<const int> truth,
                                                  std::span<const int> speakers);

struct Interval {
  double low = 0.0;
  double high = 0.0;
  bool operator==(const Interval&) const = default;
};

inline constexpr size_t kBootstrapRounds = 2000;

// The 95 % percentile interval (numpy.percentile's linear rule at 2.5 and 97.5) of the unweighted
// average recall when as many speakers are drawn with replacement, by RandomState(seed).randint.
// Nothing for fewer than two speakers.
std::optional<Interval> uar_interval(std::span<const ConfusionMatrix> by_speaker, uint32_t seed,
                                     size_t num_rounds = kBootstrapRounds);

// Whether two models differ on the same clips.
struct PairedTest {
  double difference = 0.0;  // UAR of the first less that of the second, all clips together
  Interval interval;        // 95 %, the same draws of speakers for both
  double p_value = 1.0;     // two-sided, under exchange of the two models' answers of any speakers
  bool operator==(const PairedTest&) const = default;
};

// The test flips the sign of each speaker's difference in UAR: in all 2^S ways for up to 24
// speakers with a difference (scipy.stats.permutation_test with permutation_type "samples"), in
// 99,999 random ways for more. Nothing for fewer than two speakers.
std::optional<PairedTest> compare_paired(std::span<const ConfusionMatrix> first,
                                         std::span<const ConfusionMatrix> second, uint32_t seed,
                                         size_t num_rounds = kBootstrapRounds);

}  // namespace sermo::eval
