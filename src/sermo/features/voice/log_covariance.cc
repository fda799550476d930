#include "sermo/features/voice/log_covariance.h"

#include <Eigen/Eigenvalues>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sermo/base/check.h"
#include "sermo/features/voice/names.h"

namespace sermo::features {

void log_covariance(const dsp::Scatter& scatter, std::span<float> out) {
  constexpr int kSize = 2 * static_cast<int>(kNumCovarianceMfcc);
  constexpr double kRidge = 1e-2;
  constexpr double kSmallest = 1e-6;
  SERMO_CHECK(scatter.num_rows() == kSize && out.size() == kSize * (kSize + 1) / 2,
              "a place for every entry of the upper triangle");
  using Matrix = Eigen::Matrix<double, kSize, kSize>;  // of fixed size: on the stack
  Matrix matrix;
  for (int i = 0; i < kSize; ++i) {
    for (int j = 0; j < kSize; ++j) {
      matrix(i, j) = scatter.covariance(static_cast<size_t>(i), static_cast<size_t>(j)) +
                     (i == j ? kRidge : 0.0);
    }
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> solver(matrix);
  SERMO_CHECK(solver.info() == Eigen::Success, "a symmetric matrix of finite numbers has them");
  const Eigen::Matrix<double, kSize, 1> logs =
      solver.eigenvalues().cwiseMax(kSmallest).array().log();
  const Matrix& vectors = solver.eigenvectors();
  matrix.noalias() = vectors * logs.asDiagonal() * vectors.transpose();
  size_t place = 0;
  for (int i = 0; i < kSize; ++i) {
    for (int j = i; j < kSize; ++j) {
      out[place++] = static_cast<float>(matrix(i, j) * (i == j ? 1.0 : std::numbers::sqrt2));
    }
  }
}

}  // namespace sermo::features
