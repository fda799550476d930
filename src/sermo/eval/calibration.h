// How much a confidence is worth, and how to make it worth what it says.
//
// Fitted on predictions for clips that the model was not trained on (validation or out-of-fold
// clips of the training part), never on test clips.
//   Calibrator: p'_k proportional to (p_k + s)^(1/T). T is temperature scaling (Guo et al. 2017,
//   eq. 9); the smoothing s lets votes among few (5 neighbours, pure leaves) admit that 0 of 5 is
//   not impossible. Both keep the order of classes, so the label does not change. Threshold:
//   answers whose confidence lies below it are called uncertain.
// Thread rule: pure functions.
#pragma once

#include <optional>
#include <span>

#include "sermo/base/matrix.h"
#include "sermo/model/calibrator.h"

namespace sermo::eval {

// The temperature in [0.05, 20] and smoothing in [0, 0.5] with the least log loss on these
// predictions. The identity when there are no rows.
model::Calibrator fit_calibrator(MatrixView probabilities, std::span<const int> truth);

// What an answer must reach not to be called uncertain.
struct CertaintyGoal {
  double accuracy = 0.75;  // wanted among the answers at or above the threshold
  size_t min_clips = 30;   // fewer answers above the threshold are no evidence
};

// The lowest confidence t such that the clips answered with confidence >= t are right at least
// goal.accuracy of the time, counted over at least goal.min_clips clips. Nothing when no confidence
// does so: then every answer is uncertain.
std::optional<double> certainty_threshold(MatrixView probabilities, std::span<const int> truth,
                                          const CertaintyGoal& goal = {});

}  // namespace sermo::eval
