// Calibration of a probability row: p'_k = (p_k + smoothing)^(1 / temperature) / sum_j (p_j +
// smoothing)^(1 / temperature).
//
// With smoothing 0 this is temperature scaling (Guo et al. 2017, eq. 9), that is softmax(logits /
// T) where the row is a softmax. Strictly monotone in p_k, so the order of the classes and the
// label stay. Thread rule: plain value.
#pragma once

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo::model {

struct Calibrator {
  double temperature = 1.0;  // > 0; above 1 makes answers less sure
  double smoothing = 0.0;    // >= 0; what a class without any vote is granted

  bool is_identity() const { return temperature == 1.0 && smoothing == 0.0; }

  // Calibrates every row in place, in float32.
  void apply(Matrix& probabilities) const;

  bool operator==(const Calibrator&) const = default;
};

// kCorrupt unless the temperature is finite and positive, the smoothing finite and not negative.
Result<void> check(const Calibrator& calibrator);

}  // namespace sermo::model
