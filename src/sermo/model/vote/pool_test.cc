#include "sermo/model/vote/pool.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace sermo::model {
namespace {

TEST(Pool, LinearIsTheWeightedMean) {
  Matrix out;
  pool(Pooling::kLinear, std::vector{Matrix({0.2f, 0.8f}, 1, 2), Matrix({1.0f, 0.0f}, 1, 2)},
       std::vector{0.75, 0.25}, out);
  EXPECT_FLOAT_EQ(out(0, 0), 0.4f);
  EXPECT_FLOAT_EQ(out(0, 1), 0.6f);
}

TEST(Pool, LogarithmicIsTheProductOfPowers) {
  const Matrix a({0.1f, 0.2f, 0.7f, 0.5f, 0.25f, 0.25f}, 2, 3);
  const Matrix b({0.3f, 0.6f, 0.1f, 0.2f, 0.2f, 0.6f}, 2, 3);
  Matrix out;
  pool(Pooling::kLogarithmic, std::vector{a, b}, std::vector{0.75, 0.25}, out);
  for (size_t r = 0; r < 2; ++r) {
    double want[3];
    double sum = 0.0;
    for (size_t k = 0; k < 3; ++k)
      sum += want[k] = std::pow(double{a(r, k)}, 0.75) * std::pow(double{b(r, k)}, 0.25);
    for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(out(r, k), want[k] / sum, 1e-6) << r << " " << k;
  }
}

TEST(Pool, OfOneMemberIsItsAnswer) {
  const Matrix only({0.1f, 0.9f, 1.0f, 0.0f}, 2, 2);
  for (const Pooling pooling : {Pooling::kLinear, Pooling::kLogarithmic}) {
    Matrix out;
    pool(pooling, std::vector{only}, std::vector{1.0}, out);
    for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(out.values()[i], only.values()[i], 1e-6f);
  }
}

// One member that is sure of a label's absence does not make the answer nothing.
TEST(Pool, NobodyRulesALabelOutAlone) {
  Matrix out;
  pool(Pooling::kLogarithmic, std::vector{Matrix({0.0f, 1.0f}, 1, 2), Matrix({1.0f, 0.0f}, 1, 2)},
       std::vector{0.5, 0.5}, out);
  EXPECT_FLOAT_EQ(out(0, 0), 0.5f);
  EXPECT_FLOAT_EQ(out(0, 1), 0.5f);
}

}  // namespace
}  // namespace sermo::model
