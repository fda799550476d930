#include "sermo/dsp/hpss.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

#include "feature_goldens.h"
#include "instruction_sets.h"
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

// The spectrum of these magnitudes whose phases are those of the directions (3, 4) and (-4, 3) by
// turns.
Spectrum with_phases(const FrameMatrix& magnitude) {
  Spectrum spectrum;
  spectrum.resize(magnitude.num_rows(), magnitude.num_frames());
  for (size_t k = 0; k < magnitude.num_rows(); ++k)
    for (size_t f = 0; f < magnitude.num_frames(); ++f) {
      const bool even = (k + f) % 2 == 0;
      spectrum.re(k, f) = magnitude(k, f) * (even ? 0.6f : -0.8f);
      spectrum.im(k, f) = magnitude(k, f) * (even ? 0.8f : 0.6f);
    }
  return spectrum;
}

Spectrum harmonic_part_of(const FrameMatrix& magnitude) {
  Spectrum harmonic;
  HpssWorkspace workspace;
  harmonic_part(with_phases(magnitude), magnitude, harmonic, workspace);
  return harmonic;
}

TEST(HarmonicPart, EqualsTheFormula) {
  for (const float scale : {1.0f, 1e-30f, 1e30f}) {  // squares of the latter two are 0 and infinity
    const FrameMatrix magnitude = noise(70, 65, scale);
    const Spectrum spectrum = with_phases(magnitude);
    const Spectrum harmonic = harmonic_part_of(magnitude);
    FrameMatrix over_frames, over_bins;
    MedianFilterWorkspace workspace;
    median_over_frames(magnitude, over_frames, workspace);
    median_over_rows(magnitude, over_bins, workspace);
    for (size_t k = 0; k < 70; ++k)
      for (size_t f = 0; f < 65; ++f) {
        const double h = std::pow(static_cast<double>(over_frames(k, f)), 2.0);
        const double p = std::pow(static_cast<double>(over_bins(k, f)), 2.0);
        const double tolerance = 5e-7 * scale;  // eight roundings
        ASSERT_NEAR(harmonic.re(k, f), h / (h + p) * spectrum.re(k, f), tolerance);
        ASSERT_NEAR(harmonic.im(k, f), h / (h + p) * spectrum.im(k, f), tolerance);
      }
  }
}

TEST(HarmonicPart, WhatHasNoMediansIsSplitInHalves) {
  FrameMatrix magnitude(40, 40);
  for (size_t k = 0; k < 40; ++k)
    for (size_t f = 0; f < 40; ++f) magnitude(k, f) = k == 20 && f == 20 ? 8.0f : 0.0f;
  const Spectrum harmonic = harmonic_part_of(magnitude);
  for (size_t k = 0; k < 40; ++k)
    for (size_t f = 0; f < 40; ++f) {
      const float want = k == 20 && f == 20 ? 4.0f : 0.0f;
      ASSERT_FLOAT_EQ(std::hypot(harmonic.re(k, f), harmonic.im(k, f)), want);
    }
}

TEST(HarmonicPart, KeepsATonesRowAndDropsAClicksColumn) {
  FrameMatrix magnitude(100, 100);
  for (size_t k = 0; k < 100; ++k)
    for (size_t f = 0; f < 100; ++f) magnitude(k, f) = k == 50 || f == 50 ? 1.0f : 0.001f;
  const Spectrum harmonic = harmonic_part_of(magnitude);
  const auto share = [&](size_t k, size_t f) {
    return std::hypot(harmonic.re(k, f), harmonic.im(k, f)) / magnitude(k, f);
  };
  EXPECT_GT(share(50, 10), 0.999f);
  EXPECT_LT(share(10, 50), 0.001f);
  EXPECT_FLOAT_EQ(share(10, 10), 0.5f);
  EXPECT_FLOAT_EQ(share(50, 50), 0.5f);
}

TEST(HarmonicPart, WithTheInverseStftIsLibrosasHarmonicSignalBitForBit) {
  const Stft stft = *Stft::create({});
  const InverseStft inverse = *InverseStft::create({});
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    const std::vector<float> want = golden.values("harmonic");
    sermo::testing::for_each_instruction_set([&] {
      StftWorkspace stft_workspace;
      InverseStftWorkspace inverse_workspace;
      HpssWorkspace workspace;
      Spectrum spectrum, harmonic;
      FrameMatrix magnitude;
      stft.transform(golden.samples(), spectrum, magnitude, stft_workspace);
      harmonic_part(spectrum, magnitude, harmonic, workspace);
      std::vector<float> got;
      inverse.transform(harmonic, want.size(), got, inverse_workspace);
      ASSERT_EQ(got.size(), want.size());
      size_t num_different = 0;
      for (size_t i = 0; i < want.size(); ++i)
        if (got[i] != want[i]) ++num_different;
      EXPECT_EQ(num_different, 0u);
    });
  }
}

}  // namespace
}  // namespace sermo::dsp
