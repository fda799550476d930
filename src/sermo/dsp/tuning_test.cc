#include "sermo/dsp/tuning.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "feature_goldens.h"
#include "sermo/dsp/stft.h"
#include "tonal_goldens.h"

namespace sermo::dsp {
namespace {

// numpy.linspace(-0.5, 0.5, 101), printed with 17 digits.
TEST(TuningValue, EqualsNumpysLinspace) {
  EXPECT_EQ(tuning_value(0), -0.5);
  EXPECT_EQ(tuning_value(42), -0.080000000000000016);
  EXPECT_EQ(tuning_value(50), 0.0);
  EXPECT_EQ(tuning_value(57), 0.070000000000000062);
  EXPECT_EQ(tuning_value(99), 0.49);
}

TEST(PitchTuning, EqualsLibrosa) {
  const sermo::testing::TonalGoldens goldens;
  const std::vector<float> pitches_hz = goldens.floats("pitches_hz");
  const std::vector<double> tunings = goldens.doubles("pitch_tunings");
  for (size_t n = 1; n <= pitches_hz.size(); ++n) {
    const std::span<const float> first(pitches_hz.data(), n);
    EXPECT_EQ(pitch_tuning(first, 12), tunings[n - 1]) << n;
    EXPECT_EQ(pitch_tuning(first, 36), tunings[pitches_hz.size() + n - 1]) << n;
  }
}

TEST(PitchTuning, FindsTheOffsetOfAScale) {
  for (const int bins_per_octave : {12, 36}) {
    for (size_t i = 0; i < kNumTunings; ++i) {
      std::vector<float> scale_hz;
      for (int bin = -24; bin < 24; ++bin)  // a third into the histogram's bin
        scale_hz.push_back(static_cast<float>(
            440.0 * std::exp2((bin + tuning_value(i) + 0.0033) / bins_per_octave)));
      EXPECT_EQ(pitch_tuning(scale_hz, bins_per_octave), tuning_value(i));
    }
  }
}

TEST(PitchTuning, TheFirstOfEquallyFullBinsWinsAndNothingIsInTune) {
  const auto at = [](double deviation) {
    return static_cast<float>(440.0 * std::exp2(deviation / 12.0));
  };
  EXPECT_EQ(pitch_tuning(std::vector<float>{at(0.205), at(-0.305)}, 12), tuning_value(19));
  EXPECT_EQ(pitch_tuning({}, 12), 0.0);
}

TEST(TuningEstimator, EqualsLibrosaOnEveryClip) {
  const TuningEstimator of_semitones = *TuningEstimator::create({});
  const TuningEstimator of_thirds = *TuningEstimator::create({.peaks = {}, .bins_per_octave = 36});
  const Stft stft = *Stft::create({});
  StftWorkspace stft_workspace;
  TuningWorkspace workspace;
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    Spectrum spectrum;
    FrameMatrix magnitude;
    stft.transform(golden.samples(), spectrum, magnitude, stft_workspace);
    FrameMatrix power(magnitude.num_rows(), magnitude.num_frames());
    for (size_t k = 0; k < power.num_rows(); ++k)
      for (size_t f = 0; f < power.num_frames(); ++f)
        power(k, f) = magnitude(k, f) * magnitude(k, f);
    EXPECT_EQ(static_cast<float>(of_semitones.estimate(power, workspace)), golden.number("tuning"));

    stft.transform(golden.values("harmonic"), spectrum, magnitude, stft_workspace);
    EXPECT_EQ(static_cast<float>(of_thirds.estimate(magnitude, workspace)),
              golden.number("harmonic_tuning"));
  }
}

TEST(TuningEstimator, SilenceIsInTune) {
  FrameMatrix silence(1025, 10);
  std::fill(silence.data(), silence.data() + 1025 * silence.stride(), 0.0f);
  TuningWorkspace workspace;
  EXPECT_EQ(TuningEstimator::create({})->estimate(silence, workspace), 0.0);
}

TEST(TuningEstimator, AScaleWithoutBinsIsRefused) {
  const auto estimator = TuningEstimator::create({.peaks = {}, .bins_per_octave = 0});
  ASSERT_FALSE(estimator.has_value());
  EXPECT_EQ(estimator.error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sermo::dsp
