#include "sermo/dsp/chroma_stft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "feature_goldens.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {
namespace {

constexpr double kBar = 1e-4;  // of the stage's range, from the contract of the features

FrameMatrix noise_power(size_t num_frames) {
  std::mt19937 random(3);
  FrameMatrix power(1025, num_frames);
  for (size_t k = 0; k < 1025; ++k)
    for (size_t f = 0; f < num_frames; ++f)
      power(k, f) = static_cast<float>(random() % 1000) / 100.0f;
  return power;
}

FrameMatrix chroma_of(const FrameMatrix& power, double tuning) {
  FrameMatrix chroma;
  ChromaStftWorkspace workspace;
  ChromaStft::create({})->compute(power, tuning, chroma, workspace);
  return chroma;
}

TEST(ChromaStft, EqualsTheMatrixProductInDouble) {
  const FrameMatrix power = noise_power(35);
  const FrameMatrix chroma = chroma_of(power, -0.21);
  std::vector<float> weights(1025 * kNumChroma);
  ChromaFilterbank::create({})->weights(-0.21, weights);
  for (size_t f = 0; f < 35; ++f) {
    std::vector<double> sums(kNumChroma);
    double largest = 0.0;
    for (size_t c = 0; c < kNumChroma; ++c) {
      for (size_t k = 0; k < 1025; ++k)
        sums[c] += static_cast<double>(weights[k * kNumChroma + c]) * power(k, f);
      largest = std::max(largest, sums[c]);
    }
    for (size_t c = 0; c < kNumChroma; ++c)  // 1,025 products in float32
      EXPECT_NEAR(chroma(c, f), sums[c] / largest, 2e-6);
  }
}

TEST(ChromaStft, EqualsLibrosaOnEveryClip) {
  const Stft stft = *Stft::create({});
  StftWorkspace stft_workspace;
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    Spectrum spectrum;
    stft.transform(golden.samples(), spectrum, stft_workspace);
    FrameMatrix power(1025, spectrum.num_frames());
    for (size_t k = 0; k < 1025; ++k)
      for (size_t f = 0; f < power.num_frames(); ++f)
        power(k, f) = spectrum.re(k, f) * spectrum.re(k, f) + spectrum.im(k, f) * spectrum.im(k, f);
    const FrameMatrix chroma = chroma_of(power, golden.number("tuning"));
    EXPECT_LT(sermo::testing::largest_error_of_range(chroma, golden.frames("chroma_stft")), kBar);
  }
}

TEST(ChromaStft, LoudnessDoesNotMatterUnlessNothingIsLeft) {
  const FrameMatrix power = noise_power(16);
  FrameMatrix scaled(1025, 16);
  for (size_t k = 0; k < 1025; ++k)
    for (size_t f = 0; f < 16; ++f)
      scaled(k, f) = f == 3 ? 0.0f : power(k, f) * (f == 5 ? 0x1p-40f : 0x1p10f);
  const FrameMatrix want = chroma_of(power, 0.1);
  const FrameMatrix got = chroma_of(scaled, 0.1);
  for (size_t c = 0; c < kNumChroma; ++c)
    for (size_t f = 0; f < 16; ++f) EXPECT_EQ(got(c, f), f == 3 ? 0.0f : want(c, f));
}

// librosa leaves a frame alone whose largest value is below the smallest normal float.
TEST(ChromaStft, AFrameBelowTheSmallestNormalFloatStaysAsItIs) {
  FrameMatrix power(1025, 2);
  std::fill(power.data(), power.data() + 1025 * power.stride(), 0.0f);
  power(41, 0) = std::numeric_limits<float>::min();  // times a weight below one
  power(41, 1) = 4 * std::numeric_limits<float>::min();
  const FrameMatrix chroma = chroma_of(power, 0.0);
  float largest[2] = {0.0f, 0.0f};
  for (size_t c = 0; c < kNumChroma; ++c)
    for (size_t f = 0; f < 2; ++f) largest[f] = std::max(largest[f], chroma(c, f));
  EXPECT_LT(largest[0], std::numeric_limits<float>::min());
  EXPECT_EQ(largest[1], 1.0f);
}

}  // namespace
}  // namespace sermo::dsp
