#include "sermo/dsp/covariance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "frame_matrices.h"
#include "instruction_sets.h"

namespace sermo::dsp {
namespace {

FrameMatrix random_rows(size_t num_rows, size_t num_frames) {
  std::mt19937 rng(7);
  std::normal_distribution<float> normal;
  Matrix rows(num_rows, num_frames);
  for (size_t f = 0; f < num_frames; ++f) {
    const float common = normal(rng);
    for (size_t r = 0; r < num_rows; ++r)
      rows(r, f) = static_cast<float>(r) * 10.0f + common + normal(rng);
  }
  return testing::to_frames(rows);
}

double slow_covariance(const FrameMatrix& rows, size_t i, size_t j, size_t first, size_t end) {
  const auto count = static_cast<double>(end - first);
  double mean_i = 0, mean_j = 0, sum = 0;
  for (size_t f = first; f < end; ++f) {
    mean_i += rows(i, f) / count;
    mean_j += rows(j, f) / count;
  }
  for (size_t f = first; f < end; ++f) sum += (rows(i, f) - mean_i) * (rows(j, f) - mean_j);
  return sum / (count - 1);
}

TEST(Scatter, EqualsTheDefinition) {
  for (const size_t num_frames : {2, 3, 63, 64, 65, 250}) {
    const FrameMatrix rows = random_rows(9, num_frames);
    testing::for_each_instruction_set([&] {
      Scatter scatter;
      scatter.compute(rows, 0, num_frames);
      for (size_t i = 0; i < 9; ++i) {
        for (size_t j = 0; j < 9; ++j) {
          const double want = slow_covariance(rows, i, j, 0, num_frames);
          EXPECT_NEAR(scatter.covariance(i, j), want, 1e-12 * (1 + std::abs(want)));
          const double scale = std::sqrt(slow_covariance(rows, i, i, 0, num_frames) *
                                         slow_covariance(rows, j, j, 0, num_frames));
          EXPECT_NEAR(scatter.correlation(i, j), want / scale, 1e-12);
        }
      }
    });
  }
}

TEST(Scatter, TwoRunsTogetherEqualTheWhole) {
  const FrameMatrix rows = random_rows(5, 101);
  Scatter first, second, together, whole;
  first.compute(rows, 0, 30);
  second.compute(rows, 30, 101);
  together.combine(first, second);
  whole.compute(rows, 0, 101);
  for (size_t i = 0; i < 5; ++i)
    for (size_t j = 0; j <= i; ++j)
      EXPECT_NEAR(together.covariance(i, j), whole.covariance(i, j), 1e-12);
}

TEST(Scatter, IsZeroWhereItIsNotDefined) {
  FrameMatrix rows = random_rows(3, 40);
  for (size_t f = 0; f < 40; ++f) rows(1, f) = -51.23456f;  // never changes
  Scatter scatter;
  scatter.compute(rows, 0, 40);
  EXPECT_EQ(scatter.correlation(0, 1), 0.0);
  EXPECT_EQ(scatter.correlation(1, 1), 0.0);
  EXPECT_EQ(scatter.covariance(1, 2), 0.0);
  scatter.compute(rows, 5, 6);  // one frame
  EXPECT_EQ(scatter.covariance(0, 2), 0.0);
  EXPECT_EQ(scatter.correlation(0, 2), 0.0);
}

}  // namespace
}  // namespace sermo::dsp
