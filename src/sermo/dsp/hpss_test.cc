#include "sermo/dsp/hpss.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "feature_goldens.h"
#include "sermo/dsp/istft.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {
namespace {

FrameMatrix noise(size_t num_rows, size_t num_frames, float scale) {
  std::mt19937 random(11);
  FrameMatrix matrix(num_rows, num_frames);
  for (size_t r = 0; r < num_rows; ++r)
    for (size_t f = 0; f < num_frames; ++f)
      matrix(r, f) = scale * static_cast<float>(random() % 100000) / 100000.0f;
  return matrix;
}

TEST(HarmonicMask, EqualsTheFormula) {
  for (const float scale : {1.0f, 1e-30f, 1e30f}) {  // squares of the latter two are 0 and infinity
    const FrameMatrix magnitude = noise(70, 65, scale);
    FrameMatrix mask, over_frames, over_bins;
    HpssWorkspace workspace;
    harmonic_mask(magnitude, mask, workspace);
    median_over_frames(magnitude, over_frames, workspace.median_filter);
    median_over_rows(magnitude, over_bins, workspace.median_filter);
    for (size_t k = 0; k < 70; ++k)
      for (size_t f = 0; f < 65; ++f) {
        const double h = std::pow(static_cast<double>(over_frames(k, f)), 2.0);
        const double p = std::pow(static_cast<double>(over_bins(k, f)), 2.0);
        ASSERT_NEAR(mask(k, f), h / (h + p), 3e-7);  // five roundings of numbers up to 2
      }
  }
}

TEST(HarmonicMask, SilenceIsSplitInHalves) {
  for (const float value : {0.0f, 1e-39f}) {
    FrameMatrix magnitude(40, 20), mask;
    for (size_t k = 0; k < 40; ++k)
      for (size_t f = 0; f < 20; ++f) magnitude(k, f) = value;
    HpssWorkspace workspace;
    harmonic_mask(magnitude, mask, workspace);
    for (size_t k = 0; k < 40; ++k)
      for (size_t f = 0; f < 20; ++f) ASSERT_EQ(mask(k, f), 0.5f);
  }
}

TEST(HarmonicMask, KeepsATonesRowAndDropsAClicksColumn) {
  FrameMatrix magnitude(100, 100), mask;
  for (size_t k = 0; k < 100; ++k)
    for (size_t f = 0; f < 100; ++f) magnitude(k, f) = k == 50 || f == 50 ? 1.0f : 0.001f;
  HpssWorkspace workspace;
  harmonic_mask(magnitude, mask, workspace);
  EXPECT_GT(mask(50, 10), 0.999f);
  EXPECT_LT(mask(10, 50), 0.001f);
  EXPECT_EQ(mask(10, 10), 0.5f);
  EXPECT_EQ(mask(50, 50), 0.5f);
}

TEST(HarmonicMask, WithTheInverseStftEqualsLibrosasHarmonicSignal) {
  const Stft stft = *Stft::create({});
  const InverseStft inverse = *InverseStft::create({});
  StftWorkspace stft_workspace;
  InverseStftWorkspace inverse_workspace;
  HpssWorkspace workspace;
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    const std::vector<float> want = golden.values("harmonic");
    Spectrum spectrum;
    FrameMatrix magnitude, mask;
    stft.transform(golden.samples(), spectrum, magnitude, stft_workspace);
    harmonic_mask(magnitude, mask, workspace);
    std::vector<float> got;
    inverse.transform(spectrum, mask, want.size(), got, inverse_workspace);
    ASSERT_EQ(got.size(), want.size());
    const auto [low, high] = std::minmax_element(want.begin(), want.end());
    double error = 0.0;
    for (size_t i = 0; i < want.size(); ++i)
      error = std::max(error, std::abs(static_cast<double>(got[i]) - want[i]));
    // The contract asks for 1e-4 of the range; float32 leaves a thousandth of that.
    EXPECT_LT(error, 1e-6 * (*high - *low));
  }
}

}  // namespace
}  // namespace sermo::dsp
