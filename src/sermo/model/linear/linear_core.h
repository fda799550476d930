// A linear classifier: softmax of one score a label, each a weighted sum of the scaled features
// plus an offset.
//
// What multinomial logistic regression and linear discriminant analysis learn. Immutable.
#pragma once

#include <memory>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/model/core.h"

namespace sermo::model {

class LinearCore final : public Core {
 public:
  // `weights` is [K, D], `offsets` [K]; features are first drawn in to [-clip, clip], or left as
  // they are with a clip of 0. kCorrupt for shapes that disagree, fewer than two labels, a clip
  // below zero, or values that are not finite.
  static Result<std::shared_ptr<const LinearCore>> create(Matrix weights,
                                                          std::vector<float> offsets,
                                                          float clip = 0.0f);

  std::string_view family() const override { return "linear"; }
  size_t num_features() const override { return weights_.num_cols(); }
  size_t num_labels() const override { return weights_.num_rows(); }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  const Matrix& weights() const { return weights_; }
  std::span<const float> offsets() const { return offsets_; }
  float clip() const { return clip_; }

 private:
  LinearCore(Matrix weights, std::vector<float> offsets, float clip);

  Matrix weights_;
  std::vector<float> offsets_;
  float clip_;
};

}  // namespace sermo::model
