#include "sermo/learn/positive_definite.h"

#include <gtest/gtest.h>

#include <Eigen/Cholesky>
#include <string>

namespace sermo::learn {
namespace {

// B B^T / N + ridge I, of float32's values.
FloatRows system_of(Eigen::Index size, float ridge) {
  const FloatRows base = FloatRows::Random(size, size);
  FloatRows out = base * base.transpose() / static_cast<float>(size);
  out = (0.5f * (out + out.transpose())).eval();
  out.diagonal().array() += ridge;
  return out;
}

std::optional<Eigen::MatrixXd> solve(const FloatRows& system, const Eigen::MatrixXd& right) {
  FloatRows work = system;
  const Eigen::MatrixXd exact = system.cast<double>();
  auto out = solve_positive_definite(
      work, right, [&](const Eigen::MatrixXd& x) -> Eigen::MatrixXd { return exact * x; });
  EXPECT_TRUE(work.triangularView<Eigen::StrictlyUpper>().toDenseMatrix() ==
              system.triangularView<Eigen::StrictlyUpper>().toDenseMatrix())
      << "what is above the diagonal is left alone";
  return out;
}

// Sizes on both sides of a block's.
TEST(PositiveDefinite, SolutionsAreThoseOfFloat64) {
  for (const Eigen::Index size : {1, 3, 256, 257, 700}) {
    SCOPED_TRACE(std::to_string(size));
    const FloatRows system = system_of(size, 0.01f);
    const Eigen::MatrixXd right = Eigen::MatrixXd::Random(size, 3);
    const auto got = solve(system, right);
    ASSERT_TRUE(got.has_value());
    const Eigen::MatrixXd want = system.cast<double>().llt().solve(right);
    EXPECT_LT((*got - want).norm(), 1e-7 * want.norm());
  }
}

TEST(PositiveDefinite, TellsWhatIsNot) {
  FloatRows system = system_of(300, 0.01f);
  system(299, 299) = -1.0f;
  EXPECT_FALSE(solve(system, Eigen::MatrixXd::Ones(300, 1)).has_value());
  system(299, 299) = std::nanf("");
  EXPECT_FALSE(solve(system, Eigen::MatrixXd::Ones(300, 1)).has_value());
}

TEST(PositiveDefinite, StopsWhenTold) {
  FloatRows system = system_of(300, 0.01f);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(solve_positive_definite(
                   system, Eigen::MatrixXd::Ones(300, 1), [](const auto& x) { return x; },
                   stop.get_token())
                   .has_value());
}

}  // namespace
}  // namespace sermo::learn
