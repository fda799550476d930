// Support vector machine: one RBF machine for each pair of classes, Platt's sigmoid on each, and
// pairwise coupling.
//
// f_p(x) = sum_m coefficients(m, p) exp(-gamma |x - support_vectors(m)|^2) - offsets[p] is what
// libsvm (C-SVC) and scikit-learn's SVC(decision_function_shape="ovo") compute for pair p = (i, j),
// positive for i; r_ij = 1 / (1 + exp(slopes[p] f_p + intercepts[p])). Computed in float64, each
// row by itself. Thread rule: immutable after construction.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/model/core.h"
#include "sermo/model/squared_distances.h"

namespace sermo::model {

struct SvmOptions {
  size_t num_labels = 0;           // K >= 2; pairs are (0,1), (0,2) ... (K-2,K-1), P of them
  double gamma = 0.0;              // > 0
  Matrix support_vectors;          // [M, D], scaled; M >= 1
  Matrix coefficients;             // [M, P]; 0 where a vector has no say in a pair
  std::vector<double> offsets;     // [P], libsvm's rho
  std::vector<double> slopes;      // [P], Platt's A
  std::vector<double> intercepts;  // [P], Platt's B
};

class SvmCore final : public Core {
 public:
  // kCorrupt for shapes that contradict each other, no support vector, a gamma that is not
  // positive, or values that are not finite.
  static Result<std::shared_ptr<const SvmCore>> create(SvmOptions options);

  std::string_view family() const override { return "svm"; }
  size_t num_features() const override { return distances_.num_cols(); }
  size_t num_labels() const override { return options_.num_labels; }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  // `out` becomes [n, P]: what the pairs say before Platt.
  void decision_values(MatrixView scaled, Matrix& out) const;

  size_t num_support_vectors() const { return distances_.num_rows(); }
  // What create() would make this machine of again.
  SvmOptions options() const;

 private:
  explicit SvmCore(SvmOptions options);
  // `kernel` [M] is overwritten.
  void decide(std::span<const float> row, std::span<double> kernel, std::span<double> out) const;

  SquaredDistances distances_;  // to the support vectors
  SvmOptions options_;          // without the support vectors
};

}  // namespace sermo::model
