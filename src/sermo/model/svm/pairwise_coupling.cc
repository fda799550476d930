#include "sermo/model/svm/pairwise_coupling.h"

#include <algorithm>

#include "sermo/base/check.h"

namespace sermo::model {

PairwiseCoupling::PairwiseCoupling(size_t num_labels)
    : num_labels_(num_labels),
      losses_(num_labels * num_labels),
      equations_(num_labels * (num_labels + 1)) {
  SERMO_CHECK(num_labels >= 2, "coupling needs at least two classes");
}

void PairwiseCoupling::solve(std::span<const double> pairwise, std::span<double> out) {
  const size_t n = num_labels_;
  SERMO_CHECK(pairwise.size() == num_pairs(n) && out.size() == n, "a value a pair and a class");
  size_t pair = 0;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i + 1; j < n; ++j, ++pair) {
      losses_[i * n + j] = 1.0 - pairwise[pair];
      losses_[j * n + i] = pairwise[pair];
    }
  }
  const size_t width = n + 1;
  for (size_t i = 0; i < n; ++i) {
    double sum_of_squares = 0.0;
    for (size_t j = 0; j < n; ++j) {
      sum_of_squares += losses_[i * n + j] * losses_[i * n + j];
      equations_[i * width + j] = 1.0 - losses_[i * n + j] * losses_[j * n + i];
    }
    equations_[i * width + i] += sum_of_squares;
    equations_[i * width + n] = 1.0;
  }
  // Gauss-Jordan without pivoting, which is stable for a positive definite matrix; the ONNX form
  // does the same steps.
  for (size_t k = 0; k < n; ++k) {
    double* const pivot_row = &equations_[k * width];
    const double pivot = pivot_row[k];
    for (size_t c = 0; c < width; ++c) pivot_row[c] /= pivot;
    for (size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      double* const row = &equations_[i * width];
      const double factor = row[k];
      for (size_t c = 0; c < width; ++c) row[c] -= factor * pivot_row[c];
    }
  }
  double sum = 0.0;
  for (size_t i = 0; i < n; ++i) {
    // The minimum has no negative parts; rounding may leave some around -1e-17.
    out[i] = std::max(equations_[i * width + n], 0.0);
    sum += out[i];
  }
  for (double& p : out) p /= sum;
}

}  // namespace sermo::model
