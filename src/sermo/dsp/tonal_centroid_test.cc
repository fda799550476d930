#include "sermo/dsp/tonal_centroid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <random>

#include "feature_goldens.h"
#include "sermo/dsp/chroma_filterbank.h"

namespace sermo::dsp {
namespace {

FrameMatrix centroids_of(const FrameMatrix& chroma) {
  FrameMatrix centroids;
  tonal_centroids(chroma, centroids);
  return centroids;
}

FrameMatrix noise(size_t num_frames) {
  std::mt19937 random(21);
  FrameMatrix chroma(kNumChroma, num_frames);
  for (size_t c = 0; c < kNumChroma; ++c)
    for (size_t f = 0; f < num_frames; ++f)
      chroma(c, f) = static_cast<float>(random() % 1000) / 999.0f;
  return chroma;
}

// Equations (2) and (3) of the paper: sines and cosines of 7, 9 and 8 semitones' turns (of sixths,
// fourths and thirds of pi), weighted by the share of each class.
TEST(TonalCentroids, EqualThePapersFormula) {
  const FrameMatrix chroma = noise(37);
  const FrameMatrix centroids = centroids_of(chroma);
  constexpr double kPi = std::numbers::pi;
  for (size_t f = 0; f < 37; ++f) {
    double want[6] = {};
    double sum = 0.0;
    for (size_t c = 0; c < 12; ++c) sum += chroma(c, f);
    for (size_t c = 0; c < 12; ++c) {
      const double share = chroma(c, f) / sum;
      const auto l = static_cast<double>(c);
      want[0] += share * std::sin(l * 7.0 * kPi / 6.0);
      want[1] += share * std::cos(l * 7.0 * kPi / 6.0);
      want[2] += share * std::sin(l * 3.0 * kPi / 2.0);
      want[3] += share * std::cos(l * 3.0 * kPi / 2.0);
      want[4] += share * 0.5 * std::sin(l * 2.0 * kPi / 3.0);
      want[5] += share * 0.5 * std::cos(l * 2.0 * kPi / 3.0);
    }
    for (size_t row = 0; row < 6; ++row) EXPECT_NEAR(centroids(row, f), want[row], 3e-7);
  }
}

TEST(TonalCentroids, EqualLibrosaOnEveryClip) {
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    const Matrix values = golden.frames("chroma_cqt");
    FrameMatrix chroma(kNumChroma, values.num_cols());
    for (size_t c = 0; c < kNumChroma; ++c)
      for (size_t f = 0; f < values.num_cols(); ++f) chroma(c, f) = values(c, f);
    // From the same chroma only twelve roundings differ.
    EXPECT_LT(
        sermo::testing::largest_error_of_range(centroids_of(chroma), golden.frames("tonnetz")),
        1e-6);
  }
}

TEST(TonalCentroids, LoudnessDoesNotMatterAndEvenChromaLiesInTheMiddle) {
  FrameMatrix chroma = noise(2);
  for (size_t c = 0; c < kNumChroma; ++c) chroma(c, 1) = 16.0f * chroma(c, 0);
  const FrameMatrix centroids = centroids_of(chroma);
  for (size_t row = 0; row < 6; ++row) EXPECT_EQ(centroids(row, 0), centroids(row, 1));

  FrameMatrix even(kNumChroma, 2);
  for (size_t c = 0; c < kNumChroma; ++c) {
    even(c, 0) = 1.0f;
    even(c, 1) = 0.0f;
  }
  const FrameMatrix middle = centroids_of(even);
  for (size_t row = 0; row < 6; ++row) {
    EXPECT_NEAR(middle(row, 0), 0.0, 1e-7);
    EXPECT_EQ(middle(row, 1), 0.0f);
  }
}

}  // namespace
}  // namespace sermo::dsp
