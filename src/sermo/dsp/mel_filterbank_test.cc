#include "sermo/dsp/mel_filterbank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "feature_goldens.h"
#include "frame_matrices.h"
#include "sermo/dsp/power.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {
namespace {

// The definition: every triangle over every bin, in double.
std::vector<std::vector<double>> slow_weights(double rate_hz, size_t n_fft, size_t num_mels) {
  std::vector<double> hz(num_mels + 2);
  for (size_t i = 0; i < hz.size(); ++i) {
    hz[i] = mel_to_hz(hz_to_mel(rate_hz / 2) * static_cast<double>(i) /
                      static_cast<double>(num_mels + 1));
  }
  std::vector<std::vector<double>> weights(num_mels, std::vector<double>(n_fft / 2 + 1));
  for (size_t m = 0; m < num_mels; ++m) {
    for (size_t k = 0; k <= n_fft / 2; ++k) {
      const double f = static_cast<double>(k) * rate_hz / static_cast<double>(n_fft);
      const double up = (f - hz[m]) / (hz[m + 1] - hz[m]);
      const double down = (hz[m + 2] - f) / (hz[m + 2] - hz[m + 1]);
      weights[m][k] = std::max(0.0, std::min(up, down)) * 2.0 / (hz[m + 2] - hz[m]);
    }
  }
  return weights;
}

void expect_equals_definition(const MelFilterbank::Options& options, size_t num_frames) {
  SCOPED_TRACE(::testing::Message() << options.num_mels << " mels, " << num_frames << " frames");
  const FrameMatrix power = testing::random_magnitudes(options.n_fft / 2 + 1, num_frames, 1);
  FrameMatrix mel;
  MelFilterbank::create(options)->apply(power, mel);
  ASSERT_EQ(mel.num_rows(), options.num_mels);
  ASSERT_EQ(mel.num_frames(), num_frames);
  const auto weights = slow_weights(options.sample_rate_hz, options.n_fft, options.num_mels);
  for (size_t m = 0; m < options.num_mels; ++m) {
    for (size_t f = 0; f < num_frames; ++f) {
      double want = 0;
      for (size_t k = 0; k < power.num_rows(); ++k) {
        want += weights[m][k] * power(k, f);
      }
      // Float32 sums of up to a hundred positive terms.
      ASSERT_NEAR(mel(m, f), want, 2e-6 * want + 1e-12) << m << " " << f;
    }
  }
}

TEST(MelFilterbank, EqualsTheDefinition) {
  for (const size_t num_frames : {1, 15, 16, 17, 40}) expect_equals_definition({}, num_frames);
  expect_equals_definition({.sample_rate_hz = 16000, .n_fft = 512, .num_mels = 40}, 9);
  // More bands than bins: some hold no bin at all and are zero.
  expect_equals_definition({.sample_rate_hz = 22050, .n_fft = 256, .num_mels = 128}, 3);
}

TEST(MelFilterbank, EqualsLibrosaOnEveryClip) {
  const Stft stft = *Stft::create({});
  const MelFilterbank filterbank = *MelFilterbank::create({});
  StftWorkspace workspace;
  Spectrum spectrum;
  FrameMatrix magnitude;
  FrameMatrix mel;
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    stft.transform(golden.samples(), spectrum, magnitude, workspace);
    power_of(magnitude, magnitude);
    filterbank.apply(magnitude, mel);
    EXPECT_LT(testing::largest_error_of_range(mel, golden.frames("mel")), 1e-6);
  }
}

// The bank of the voice descriptors: HTK's scale between two frequencies, peaks of one.
TEST(MelFilterbank, HtkTrianglesEqualTheDefinition) {
  const MelFilterbank::Options options{.sample_rate_hz = 16000,
                                       .n_fft = 512,
                                       .num_mels = 26,
                                       .scale = MelScale::kHtk,
                                       .height = MelHeight::kUnitPeak,
                                       .lowest_hz = 120,
                                       .highest_hz = 7000};
  const auto to_mel = [](double hz) { return 2595 * std::log10(1 + hz / 700); };
  std::vector<double> hz;
  for (int i = 0; i < 28; ++i) {
    const double mel = to_mel(120) + (to_mel(7000) - to_mel(120)) * i / 27;
    hz.push_back(700 * (std::pow(10, mel / 2595) - 1));
  }
  const FrameMatrix power = testing::random_magnitudes(257, 20, 2);
  FrameMatrix mel;
  MelFilterbank::create(options)->apply(power, mel);
  ASSERT_EQ(mel.num_rows(), 26);
  for (size_t m = 0; m < 26; ++m) {
    for (size_t f = 0; f < 20; ++f) {
      double want = 0;
      for (size_t k = 0; k < 257; ++k) {
        const double at = static_cast<double>(k) * 31.25;
        const double up = (at - hz[m]) / (hz[m + 1] - hz[m]);
        const double down = (hz[m + 2] - at) / (hz[m + 2] - hz[m + 1]);
        want += std::max(0.0, std::min(up, down)) * power(k, f);
      }
      ASSERT_NEAR(mel(m, f), want, 2e-6 * want + 1e-12) << m << " " << f;
    }
  }
}

TEST(MelScale, IsLinearThenLogarithmicAndInvertible) {
  EXPECT_DOUBLE_EQ(hz_to_mel(500), 7.5);
  EXPECT_DOUBLE_EQ(hz_to_mel(1000), 15);
  EXPECT_NEAR(hz_to_mel(6400), 42, 1e-12);
  for (const double hz : {0.0, 60.0, 999.0, 1001.0, 11025.0}) {
    EXPECT_NEAR(mel_to_hz(hz_to_mel(hz)), hz, 1e-9);
  }
}

TEST(MelFilterbank, RefusesNonsense) {
  for (const MelFilterbank::Options& options :
       {MelFilterbank::Options{.sample_rate_hz = 0}, MelFilterbank::Options{.n_fft = 0},
        MelFilterbank::Options{.num_mels = 0}, MelFilterbank::Options{.lowest_hz = -1},
        MelFilterbank::Options{.lowest_hz = 12000}, MelFilterbank::Options{.highest_hz = 12000}}) {
    EXPECT_EQ(MelFilterbank::create(options).error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
