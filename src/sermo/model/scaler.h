// Standard scaling: each feature minus its mean, divided by its population standard deviation, both
// from training rows.
//
// Equals scikit-learn's StandardScaler: mean and variance in float64; a (near-)constant feature is
// only centred. Applied in float32 as (x - offset) * scale, which is also what ONNX's ai.onnx.ml
// Scaler computes, so both give the same bits. Thread rule: immutable after construction.
#pragma once

#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo::model {

class Scaler {
 public:
  // From training rows [N, D]. kTooShort for no rows, kNotFinite for NaN or infinity.
  static Result<Scaler> fit(MatrixView rows);
  // From stored parameters of equal length. kCorrupt for unequal lengths or values that are not
  // finite.
  static Result<Scaler> create(std::vector<float> offset, std::vector<float> scale);

  size_t num_features() const { return offset_.size(); }
  std::span<const float> offset() const { return offset_; }
  std::span<const float> scale() const { return scale_; }

  // `out` takes the shape of `rows`, whose columns must be num_features().
  void apply(MatrixView rows, Matrix& out) const;

  bool operator==(const Scaler&) const = default;

 private:
  Scaler(std::vector<float> offset, std::vector<float> scale);

  std::vector<float> offset_;  // the mean
  std::vector<float> scale_;   // one over the standard deviation
};

}  // namespace sermo::model
