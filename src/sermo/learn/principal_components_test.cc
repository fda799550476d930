#include "sermo/learn/principal_components.h"

#include <gtest/gtest.h>

#include <Eigen/Eigenvalues>
#include <cmath>

namespace sermo::learn {
namespace {

// Columns of ever smaller variance, mixed, about a mean that is not zero.
FloatRows table(Eigen::Index rows, Eigen::Index cols) {
  FloatRows out = FloatRows::Random(rows, cols);
  for (Eigen::Index c = 0; c < cols; ++c) out.col(c) /= static_cast<float>(std::sqrt(1.0 + c));
  out = (out * FloatRows::Random(cols, cols)).eval();
  return out.array() + 3.0f;
}

double variance(const FloatRows& rows) {
  const Eigen::MatrixXd all = rows.cast<double>();
  return (all.rowwise() - all.colwise().mean()).squaredNorm();
}

TEST(PrincipalComponents, HoldTheVarianceOfTheLeadingEigenvectors) {
  const FloatRows rows = table(900, 300);
  const Eigen::MatrixXd all = rows.cast<double>();
  const Eigen::MatrixXd centred = all.rowwise() - all.colwise().mean();
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred.transpose() * centred);
  for (const size_t count : {1, 20, 100}) {
    const FloatRows got = principal_components(rows, count);
    ASSERT_EQ(got.cols(), static_cast<Eigen::Index>(count));
    const Eigen::MatrixXd products = (got.transpose() * got).cast<double>();
    EXPECT_LT((products - Eigen::MatrixXd::Identity(got.cols(), got.cols())).norm(), 1e-4);
    const double want = solver.eigenvalues().tail(got.cols()).sum();
    const double held = variance(rows * got);
    EXPECT_GT(held, 0.999 * want) << count;
    EXPECT_LT(held, 1.001 * want) << count;
  }
}

TEST(PrincipalComponents, LargestVarianceFirst) {
  const FloatRows rows = table(400, 60);
  const FloatRows scores = rows * principal_components(rows, 10);
  for (Eigen::Index c = 1; c < scores.cols(); ++c)
    EXPECT_LE(variance(scores.col(c)), variance(scores.col(c - 1)) * 1.001);
}

// Fewer directions than are asked for: what is there is found, and nothing is not finite.
TEST(PrincipalComponents, OfRepeatedRows) {
  FloatRows rows = table(40, 60);
  rows.bottomRows(30) = rows.row(0).replicate(30, 1);
  const FloatRows got = principal_components(rows, 20);
  ASSERT_TRUE(got.allFinite());
  EXPECT_NEAR(variance(rows * got), variance(rows), 1e-3 * variance(rows));
}

}  // namespace
}  // namespace sermo::learn
