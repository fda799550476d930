#include "sermo/learn/row_products.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sermo::learn {
namespace {

constexpr double kTolerance = 1e-6;  // of |a| |b|: float32, a few hundred terms at a time

// Sizes on both sides of a tile's and of a run of terms.
const std::vector<std::pair<Eigen::Index, Eigen::Index>> kSizes = {
    {1, 1}, {3, 700}, {700, 3}, {512, 512}, {530, 1100}};

FloatRows random_rows(Eigen::Index rows, Eigen::Index cols) {
  return FloatRows::Random(rows, cols);
}

// Only the lower triangle is compared where `lower`.
void expect_near(const Eigen::MatrixXd& got, const FloatRows& left, const FloatRows& right,
                 bool lower) {
  const Eigen::MatrixXd want = left.cast<double>() * right.cast<double>();
  ASSERT_EQ(got.rows(), want.rows());
  ASSERT_EQ(got.cols(), want.cols());
  for (Eigen::Index c = 0; c < want.cols(); ++c) {
    for (Eigen::Index r = lower ? c : 0; r < want.rows(); ++r) {
      const double size = left.row(r).norm() * right.col(c).norm();
      ASSERT_NEAR(got(r, c), want(r, c), kTolerance * size) << r << " " << c;
    }
  }
}

TEST(RowProducts, AreThoseOfFloat64) {
  for (const auto& [rows, cols] : kSizes) {
    SCOPED_TRACE(std::to_string(rows) + " x " + std::to_string(cols));
    const FloatRows a = random_rows(rows, cols);
    const FloatRows b = random_rows(rows / 2 + 1, cols);
    expect_near(row_products(a, b), a, b.transpose(), false);
    expect_near(row_products(a), a, a.transpose(), true);
    expect_near(column_products(a), a.transpose(), a, true);
  }
}

TEST(RowProducts, TakeRowsOfALargerTable) {
  const FloatRows all = random_rows(40, 30);
  const auto part = all.block(7, 5, 20, 11);
  expect_near(row_products(part, part), part, part.transpose(), false);
}

}  // namespace
}  // namespace sermo::learn
