// Kernel ridge regression of class membership: a weighted sum of radial kernels around the training
// rows is each class's score.
//
// score_k(x) = sum_m coefficients(m, k) exp(-gamma |clip(x) P - rows(m)|^2), P a projection or
// nothing; probabilities are the softmax of sharpness * score. Computed in float64, each row by
// itself. Thread rule: immutable
// after construction.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/model/core.h"
#include "sermo/model/projection.h"
#include "sermo/model/squared_distances.h"

namespace sermo::model {

struct KernelRidgeOptions {
  size_t num_labels = 0;             // K >= 2
  double gamma = 0.0;                // > 0
  double sharpness = 1.0;            // > 0
  float clip = 0.0f;                 // scaled values are drawn in to [-clip, clip]; 0: as they are
  Matrix projection;                 // [D, P], P <= D; without rows P = D and nothing is projected
  Matrix rows;                       // [M, P], scaled, clipped and projected; M >= 1
  std::vector<double> coefficients;  // [M, K]
};

class KernelRidgeCore final : public Core {
 public:
  // kCorrupt for shapes that contradict each other, no rows, numbers that are not positive where
  // they must be, or values that are not finite.
  static Result<std::shared_ptr<const KernelRidgeCore>> create(KernelRidgeOptions options);

  std::string_view family() const override { return "kernel_ridge"; }
  size_t num_features() const override { return num_features_; }
  size_t num_labels() const override { return options_.num_labels; }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  // The scores of one row, [K]: what the softmax is taken of, before the sharpness.
  std::vector<double> scores(std::span<const float> scaled) const;

  // What create() would make this core of again.
  KernelRidgeOptions options() const;

 private:
  explicit KernelRidgeCore(KernelRidgeOptions options);
  // The scores of a few rows, [N, K]; `kernel` is scratch memory.
  void score(MatrixView scaled, std::vector<double>& kernel, std::span<double> out) const;

  size_t num_features_;
  Projection projection_;
  SquaredDistances distances_;  // to the rows
  KernelRidgeOptions options_;  // without projection and rows
};

}  // namespace sermo::model
