#include "sermo/learn/principal_components.h"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>

#include "sermo/base/check.h"
#include "sermo/base/normal.h"
#include "sermo/base/random.h"

namespace sermo::learn {
namespace {

using Eigen::Index;

FloatRows covariance(FloatRowsRef rows) {
  const Eigen::RowVectorXf mean = rows.cast<double>().colwise().mean().cast<float>();
  FloatRows out = column_products(rows.rowwise() - mean).cast<float>();
  out /= static_cast<float>(rows.rows());
  out.triangularView<Eigen::StrictlyUpper>() = out.transpose();
  return out;
}

// Columns that span the same and are orthonormal, by Cholesky of their products. What lies so deep
// in the span of the others that rounding hides it becomes short instead.
void orthonormalise(FloatRows& columns) {
  for (int time = 0; time < 2; ++time) {  // the second undoes what rounding did in the first
    Eigen::MatrixXd products = column_products(columns);
    constexpr double kLeast = 1e-7;  // float32's rounding
    products.diagonal().array() += kLeast * products.diagonal().maxCoeff();
    const Eigen::LLT<Eigen::MatrixXd> factors(products);
    const Eigen::MatrixXd inverse =
        factors.matrixU().solve(Eigen::MatrixXd::Identity(products.rows(), products.cols()));
    columns = product(columns, inverse.cast<float>());
  }
}

// Where the iteration starts: always the same, so that equal rows have equal components.
FloatRows random_columns(Index rows, Index cols) {
  FloatRows out(rows, cols);
  Random random(0, 0);
  fill_normal(random, {out.data(), static_cast<size_t>(out.size())});
  return out;
}

}  // namespace

FloatRows principal_components(FloatRowsRef rows, size_t count) {
  SERMO_CHECK(count < static_cast<size_t>(rows.cols()), "fewer directions than columns");
  constexpr Index kMore = 64;  // directions carried along, so that the last asked for are good
  constexpr int kRounds = 4;
  const FloatRows squares = covariance(rows);
  const Index carried = std::min(static_cast<Index>(count) + kMore, rows.cols());
  FloatRows basis = random_columns(rows.cols(), carried);
  for (int round = 0; round < kRounds; ++round) {
    basis = product(squares, basis);
    orthonormalise(basis);
  }
  // The best directions within the basis (Rayleigh & Ritz), largest variance first.
  const FloatRows image = product(squares, basis);
  const Eigen::MatrixXd within = basis.cast<double>().transpose() * image.cast<double>();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(0.5 *
                                                              (within + within.transpose()));
  const Eigen::MatrixXd leading =
      solver.eigenvectors().rightCols(static_cast<Index>(count)).rowwise().reverse();
  return product(basis, leading.cast<float>());
}

}  // namespace sermo::learn
