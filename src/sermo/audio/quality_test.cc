#include "sermo/audio/quality.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sermo/audio/decode.h"
#include "test_paths.h"

namespace sermo::audio {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kRateHz = 16'000;

std::vector<float> sine(double seconds, float amplitude) {
  std::vector<float> samples(static_cast<size_t>(seconds * kRateHz));
  for (size_t i = 0; i < samples.size(); ++i) {
    const double phase = 2.0 * std::numbers::pi * 200.0 * static_cast<double>(i) / kRateHz;
    samples[i] = amplitude * static_cast<float>(std::sin(phase));
  }
  return samples;
}

TEST(Quality, LevelsOfASine) {
  const Quality quality = measure_quality(sine(1.0, 0.5F), kRateHz);
  EXPECT_NEAR(quality.peak_db, -6.0206, 1e-3);  // 20 log10(1/2)
  EXPECT_NEAR(quality.rms_db, -9.0309, 1e-3);   // 10 log10(1/8)
  EXPECT_EQ(level_db(sine(1.0, 0.5F)), quality.rms_db);
  EXPECT_EQ(level_db({}), kLevelFloor_db);
  EXPECT_EQ(quality.clipped_fraction, 0.0F);
  EXPECT_EQ(quality.silent_fraction, 0.0F);
  EXPECT_THAT(warnings(quality, 1.0), IsEmpty());
}

TEST(Quality, ASquareIsClippedAndAFullScaleSineIsNot) {
  // A sine of period 80 at full scale stays within 0.1 dB for 3 of each 40 samples or so, as clean
  // recordings do; an overdriven one for most.
  std::vector<float> overdriven = sine(1.0, 3.0F);
  for (float& x : overdriven) x = std::clamp(x, -1.0F, 1.0F);
  const Quality quality = measure_quality(overdriven, kRateHz);
  // |3 sin| >= 0.98855 for 1 - 2/pi asin(0.98855 / 3) of the time, give or take one of 80 samples.
  EXPECT_NEAR(quality.clipped_fraction, 0.786, 1.0 / 80);
  EXPECT_THAT(warnings(quality, 1.0), ElementsAre(::testing::StartsWith("clipped: 7")));
}

TEST(Quality, OnlyRunsOfThreeCountAsClipped) {
  const auto clipped = [](std::vector<float> samples) {
    samples.resize(10);
    return measure_quality(samples, kRateHz).clipped_fraction;
  };
  EXPECT_EQ(clipped({1, 1, 0, 1, 1}), 0.0F);
  EXPECT_EQ(clipped({0, 1, 1, 1, 0}), 0.3F);
  EXPECT_EQ(clipped({1, -1, 1, -1, 1}), 0.0F) << "alternating signs are noise";
  EXPECT_EQ(clipped({-1, -1, -1, 1, 1, 1, 1}), 0.7F);
  EXPECT_EQ(clipped({0, 0, 0, 0, 0, 0, 0, 1, 1, 1}), 0.3F) << "a run that reaches the end";
}

TEST(Quality, QuietAndSilentRecordingsAreNamed) {
  EXPECT_THAT(warnings(measure_quality(sine(1.0, 0.003F), kRateHz), 1.0),
              ElementsAre("quiet: its peak is 50 dB below full scale"));
  std::vector<float> pause = sine(0.5, 0.5F);
  pause.resize(5 * kRateHz);
  const Quality quality = measure_quality(pause, kRateHz);
  EXPECT_FLOAT_EQ(quality.silent_fraction, 0.9F);
  EXPECT_THAT(warnings(quality, 5.0), ElementsAre("mostly silence: 0.50 of 5.00 s hold sound"));
  EXPECT_THAT(warnings(measure_quality(sine(0.2, 0.5F), kRateHz), 0.2),
              ElementsAre("very short: 0.20 s, too little to tell an emotion surely",
                          "mostly silence: 0.20 of 0.20 s hold sound"));
}

TEST(Quality, ShortClipsAreCalledSo) {
  const Quality quality = measure_quality(sine(0.4, 0.5F), kRateHz);
  EXPECT_THAT(warnings(quality, 0.4),
              ElementsAre("very short: 0.40 s, too little to tell an emotion surely"));
  EXPECT_THAT(warnings(quality, kShortClip_s), IsEmpty());
}

TEST(Quality, Edges) {
  const Quality zeros = measure_quality(std::vector<float>(100), kRateHz);
  EXPECT_EQ(zeros.peak_db, kLevelFloor_db);
  EXPECT_EQ(zeros.rms_db, kLevelFloor_db);
  EXPECT_EQ(zeros.silent_fraction, 1.0F);
  const Quality none = measure_quality({}, kRateHz);
  EXPECT_EQ(none.silent_fraction, 1.0F);
  EXPECT_EQ(none.rms_db, kLevelFloor_db);
  const Quality one = measure_quality(std::vector<float>{1.0F}, 1);
  EXPECT_EQ(one.peak_db, 0.0F);
  EXPECT_EQ(one.silent_fraction, 0.0F);
}

// The thresholds must let studio recordings pass.
TEST(Quality, TheCorporaPass) {
  SERMO_REQUIRE_SHARED("ravdess");
  size_t num_clips = 0;
  size_t num_warned = 0;
  for (const char* corpus : {"ravdess/Actor_01", "ravdess/Actor_12", "ravdess/Actor_21", "emodb"}) {
    for (const auto& entry : std::filesystem::directory_iterator(testing::shared_dir() / corpus)) {
      const DecodedAudio audio = decode_file(entry.path()).value();
      const Quality quality = measure_quality(audio.samples, audio.format.sample_rate_hz);
      ++num_clips;
      num_warned += warnings(quality, audio.duration_s()).empty() ? 0 : 1;
    }
  }
  EXPECT_GT(num_clips, 400U);
  EXPECT_LE(num_warned, num_clips / 100);
}

}  // namespace
}  // namespace sermo::audio
