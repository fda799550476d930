#include "sermo/dsp/delta.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "feature_goldens.h"
#include "frame_matrices.h"

namespace sermo::dsp {
namespace {

// The slope of the least-squares line through the nine frames that lie nearest.
double slow_slope(const FrameMatrix& x, size_t r, size_t f) {
  const size_t middle = std::clamp<size_t>(f, 4, x.num_frames() - 5);
  double mean = 0;
  for (size_t i = middle - 4; i <= middle + 4; ++i) mean += double{x(r, i)} / 9;
  double numerator = 0;
  double denominator = 0;
  for (size_t i = middle - 4; i <= middle + 4; ++i) {
    const double t = static_cast<double>(i) - static_cast<double>(middle);
    numerator += t * (double{x(r, i)} - mean);
    denominator += t * t;
  }
  return numerator / denominator;
}

TEST(Delta, EqualsTheDefinition) {
  for (const size_t num_frames : {9, 10, 16, 17, 33}) {
    const FrameMatrix x = testing::random_magnitudes(3, num_frames, 5);
    FrameMatrix slope;
    delta(x, slope);
    for (size_t r = 0; r < 3; ++r) {
      for (size_t f = 0; f < num_frames; ++f) {
        ASSERT_NEAR(slope(r, f), slow_slope(x, r, f), 2e-6);
      }
    }
  }
}

TEST(Delta, EqualsLibrosaOnEveryClip) {
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    FrameMatrix slope;
    delta(testing::to_frames(golden.frames("mfcc")), slope);
    // Small differences of coefficients of up to a thousand.
    EXPECT_LT(testing::largest_error_of_range(slope, golden.frames("delta")), 1e-5);
  }
}

TEST(Delta, OfALineIsItsSlopeEverywhere) {
  FrameMatrix line(1, 12);
  for (size_t f = 0; f < 12; ++f) line(0, f) = 3.0f - 0.25f * static_cast<float>(f);
  FrameMatrix slope;
  delta(line, slope);
  for (size_t f = 0; f < 12; ++f) EXPECT_FLOAT_EQ(slope(0, f), -0.25f);
}

}  // namespace
}  // namespace sermo::dsp
