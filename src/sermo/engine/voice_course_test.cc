#include "sermo/engine/voice_course.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "sermo/engine/frame_contours.h"
#include "test_paths.h"

namespace sermo::engine {
namespace {

constexpr int kRateHz = 48000;

// Half a second of nothing, one of a sawtooth that rises from `low_hz` by an octave, and half a
// second of nothing.
audio::DecodedAudio glide(double low_hz, double amplitude) {
  audio::DecodedAudio audio;
  audio.format.sample_rate_hz = kRateHz;
  audio.format.num_channels = 1;
  audio.samples.assign(size_t{2} * kRateHz, 0.0F);
  double phase = 0.0;
  for (size_t i = 0; i < kRateHz; ++i) {
    phase += low_hz * std::exp2(static_cast<double>(i) / kRateHz) / kRateHz;
    audio.samples[kRateHz / 2 + i] =
        static_cast<float>(amplitude * (2.0 * (phase - std::floor(phase)) - 1.0));
  }
  return audio;
}

TEST(VoiceCourse, SaysPitchAndLevelAtTheRightMoments) {
  const VoiceCourse course = voice_course(glide(110.0, 0.25)).value();
  EXPECT_DOUBLE_EQ(course.hop_s, 0.01);
  EXPECT_GE(course.start_s, 0.0);
  EXPECT_LT(course.start_s, course.hop_s);
  ASSERT_EQ(course.f0_hz.size(), course.level_db.size());
  EXPECT_NEAR(static_cast<double>(course.f0_hz.size()) * course.hop_s, 2.0, 0.02);
  // The mean square of a sawtooth is a third of its amplitude's square.
  const double level_db = 10.0 * std::log10(0.25 * 0.25 / 3.0);
  for (size_t t = 0; t < course.f0_hz.size(); ++t) {
    const double time_s = course.start_s + course.hop_s * static_cast<double>(t);
    if (time_s < 0.45 || time_s > 1.55) {
      EXPECT_EQ(course.f0_hz[t], 0.0F) << time_s;
      EXPECT_EQ(course.level_db[t], -120.0F) << time_s;
    } else if (time_s > 0.56 && time_s < 1.44) {
      EXPECT_NEAR(course.f0_hz[t], 110.0 * std::exp2(time_s - 0.5), 2.0) << time_s;
      EXPECT_NEAR(course.level_db[t], level_db, 0.6) << time_s;
    }
  }
}

TEST(VoiceCourse, IsTheContourOfTheSchemaWhereverTheRecordingIsLoud) {
  const auto audio = *audio::decode_file(testing::source_dir() / "samples" / "measured.flac");
  const VoiceCourse course = voice_course(audio).value();
  const auto contours = frame_contours(audio).value();
  const auto first =
      static_cast<size_t>(std::lround((contours.first_time_s - course.start_s) / course.hop_s));
  ASSERT_GT(first, 0u) << "it begins quietly";
  for (size_t t = 0; t < contours.values.num_rows(); ++t)
    EXPECT_EQ(course.f0_hz[first + t], contours.values(t, 0));
  EXPECT_GT(std::ranges::count_if(course.f0_hz, [](float hz) { return hz > 0; }), 20);
}

TEST(VoiceCourse, FailsWhereTheContoursFail) {
  audio::DecodedAudio audio = glide(110.0, 0.0);
  EXPECT_EQ(voice_course(audio).error().code, ErrorCode::kSilent);
  audio.samples.resize(10);
  EXPECT_EQ(voice_course(audio).error().code, ErrorCode::kTooShort);
}

}  // namespace
}  // namespace sermo::engine
