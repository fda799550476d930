#include "sermo/features/statistics.h"

#include <gtest/gtest.h>

#include <vector>

#include "frame_matrices.h"

namespace sermo::features {
namespace {

TEST(Statistics, AreThoseOfThePopulation) {
  const MeanAndStd got = mean_and_std(std::vector<float>{2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_DOUBLE_EQ(got.mean, 5);
  EXPECT_DOUBLE_EQ(got.std, 2);
  const MeanAndStd of_one = mean_and_std(std::vector<float>{-3.5f});
  EXPECT_DOUBLE_EQ(of_one.mean, -3.5);
  EXPECT_DOUBLE_EQ(of_one.std, 0);
}

// In float32 the second value would drown in the first.
TEST(Statistics, KeepSmallDeviationsOfLargeValues) {
  std::vector<float> values(1000, 16777216.0f);
  for (size_t i = 0; i < values.size(); i += 2) values[i] += 2.0f;
  EXPECT_DOUBLE_EQ(mean_and_std(values).mean, 16777217.0);
  EXPECT_DOUBLE_EQ(mean_and_std(values).std, 1.0);
}

TEST(Statistics, OfRowsLeaveThePaddingOut) {
  const Matrix matrix({1, 2, 3, -1, -1, -1}, 2, 3);
  std::vector<float> means(2);
  std::vector<float> stds(2);
  row_statistics(testing::to_frames(matrix), means, stds);
  EXPECT_FLOAT_EQ(means[0], 2.0f);
  EXPECT_FLOAT_EQ(stds[0], 0.81649658f);
  EXPECT_FLOAT_EQ(means[1], -1.0f);
  EXPECT_FLOAT_EQ(stds[1], 0.0f);
}

}  // namespace
}  // namespace sermo::features
