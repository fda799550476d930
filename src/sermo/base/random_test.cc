#include "sermo/base/random.h"

#include <gtest/gtest.h>

#include <vector>

namespace sermo {
namespace {

TEST(RandomTest, FollowsTheReference) {
  // From a Python transcription of the authors' xoshiro256plusplus.c and splitmix64.c, which also
  // gives their known answers (41943041, 58720359, ... from the state 1, 2, 3, 4).
  Random random(42, 7);
  EXPECT_EQ(random.next(), 0x2f5123ea624002b9u);
  EXPECT_EQ(random.next(), 0xa363774976f2640eu);
  EXPECT_EQ(random.next(), 0xd90d5796f8344ca8u);
  Random zero(0, 0);
  EXPECT_EQ(zero.next(), 0x84f09bf307c1073au);
  EXPECT_EQ(zero.next(), 0xc82ffb597ceee51bu);
}

TEST(RandomTest, BelowIsUniform) {
  Random random(1, 2);
  constexpr uint32_t kBound = 7;
  constexpr int kDraws = 70000;
  std::vector<int> counts(kBound);
  for (int i = 0; i < kDraws; ++i) {
    const uint32_t drawn = random.below(kBound);
    ASSERT_LT(drawn, kBound);
    ++counts[drawn];
  }
  double chi_square = 0.0;
  for (const int count : counts) chi_square += (count - 10000.0) * (count - 10000.0) / 10000.0;
  EXPECT_LT(chi_square, 22.5);  // 6 degrees of freedom: exceeded once in a thousand seeds
}

TEST(RandomTest, BelowCopesWithBoundsThatRejectHalfOfAllDraws) {
  // 2^32 mod (2^31 + 1) is nearly half the range; without rejection small values would come twice.
  Random random(3, 4);
  constexpr uint32_t kBound = (1u << 31) + 1;
  int num_low = 0;
  for (int i = 0; i < 20000; ++i) {
    const uint32_t drawn = random.below(kBound);
    ASSERT_LT(drawn, kBound);
    num_low += drawn < kBound / 2 ? 1 : 0;
  }
  EXPECT_NEAR(num_low, 10000, 300);  // 4 standard deviations
  EXPECT_EQ(random.below(1), 0u);
}

TEST(RandomTest, UniformStaysBelowOneAndIsEven) {
  Random random(5, 6);
  double sum = 0.0;
  double sum_of_squares = 0.0;
  for (int i = 0; i < 40000; ++i) {
    const double drawn = random.uniform();
    ASSERT_GE(drawn, 0.0);
    ASSERT_LT(drawn, 1.0);
    sum += drawn;
    sum_of_squares += drawn * drawn;
  }
  EXPECT_NEAR(sum / 40000, 0.5, 0.006);  // 4 standard errors, as the next
  EXPECT_NEAR(sum_of_squares / 40000, 1.0 / 3.0, 0.006);
}

}  // namespace
}  // namespace sermo
