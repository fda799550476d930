#include "sermo/dsp/pitch_tracker.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "instruction_sets.h"
#include "sermo/dsp/loud_part.h"
#include "voice_goldens.h"

namespace sermo::dsp {
namespace {

PitchTrack track_of(std::span<const float> samples, float scale = 1.0f) {
  PaddedClip clip;
  clip.assign(samples, scale);
  PitchTrack track;
  PitchWorkspace workspace;
  PitchTracker::create({})->track(clip, track, workspace);
  return track;
}

// As the extractor does: the loud part, peak 0.5.
PitchTrack track_of_golden(const testing::VoiceGolden& golden) {
  const std::vector<float> samples = golden.samples();
  const SampleRange loud = loud_part(samples);
  const auto part = std::span(samples).subspan(loud.first, loud.size());
  double peak = 0;
  for (const float sample : part) peak = std::max(peak, std::abs(static_cast<double>(sample)));
  return track_of(part, static_cast<float>(0.5 / (peak + 1e-9)));
}

void expect_equals_reference(const testing::VoiceGolden& golden) {
  const PitchTrack got = track_of_golden(golden);
  const std::vector<float> f0_hz = golden.values("f0_hz");
  const std::vector<float> periodicity = golden.values("periodicity");
  const std::vector<int> voiced = golden.ints("voiced");
  ASSERT_EQ(got.num_frames(), voiced.size());
  for (size_t t = 0; t < voiced.size(); ++t) {
    EXPECT_EQ(got.voiced[t], voiced[t]) << t;
    EXPECT_NEAR(got.f0_hz[t], f0_hz[t], 1e-6 * f0_hz[t]) << t;
    EXPECT_NEAR(got.periodicity[t], periodicity[t], 3e-6) << t;
  }
}

TEST(PitchTracker, EqualsTheReferenceOnEveryClip) {
  for (const std::string& clip : testing::voice_golden_clips()) {
    const testing::VoiceGolden golden(clip);
    if (!golden.has_contours()) continue;
    SCOPED_TRACE(clip);
    expect_equals_reference(golden);
  }
}

TEST(PitchTracker, EqualsTheReferenceForEveryInstructionSet) {
  const testing::VoiceGolden golden("speech");
  testing::for_each_instruction_set([&] { expect_equals_reference(golden); });
}

// Ten harmonics of a pitch.
std::vector<float> tone(double f0_hz, size_t size) {
  std::vector<float> samples(size);
  for (size_t n = 0; n < size; ++n) {
    double sum = 0;
    for (int h = 1; h <= 10; ++h)
      sum += std::cos(2 * std::numbers::pi * h * f0_hz * static_cast<double>(n) / 16000) / h;
    samples[n] = static_cast<float>(0.15 * sum);
  }
  return samples;
}

TEST(PitchTracker, FindsThePitchOfTones) {
  for (const double f0_hz : {70.0, 100.0, 123.4, 220.0, 331.7, 500.0}) {
    const PitchTrack track = track_of(tone(f0_hz, 16000));
    size_t num_right = 0;
    for (size_t t = 4; t + 4 < track.num_frames(); ++t) {
      EXPECT_EQ(track.voiced[t], 1) << f0_hz;
      EXPECT_GT(track.periodicity[t], 0.95f);
      // The sharp peak of ten harmonics is not quite a parabola.
      num_right += std::abs(16000 / track.f0_hz[t] - 16000 / f0_hz) < 0.2 ? 1 : 0;
    }
    EXPECT_EQ(num_right, track.num_frames() - 8) << f0_hz;
  }
}

TEST(PitchTracker, NoiseAndSilenceAreUnvoiced) {
  std::mt19937 rng(5);
  std::normal_distribution<float> normal(0.0f, 0.1f);
  std::vector<float> noise(16000);
  for (float& sample : noise) sample = normal(rng);
  for (const auto& samples :
       {noise, std::vector<float>(4000, 0.0f), std::vector<float>(4000, 0.5f)}) {
    const PitchTrack track = track_of(samples);
    const auto num_voiced = std::count(track.voiced.begin(), track.voiced.end(), 1);
    EXPECT_LT(num_voiced, static_cast<std::ptrdiff_t>(track.num_frames() / 20 + 1));
    for (const float periodicity : track.periodicity) {
      EXPECT_GE(periodicity, 1e-3f);
      EXPECT_LE(periodicity, 1.0f - 1e-3f);
    }
  }
}

TEST(PitchTracker, TakesTheShortestClips) {
  for (const size_t size : {0, 1, 159, 160, 161, 799}) {
    const PitchTrack track = track_of(tone(200, size));
    EXPECT_EQ(track.num_frames(), 1 + size / 160);
    for (const float f0_hz : track.f0_hz) EXPECT_TRUE(std::isfinite(f0_hz));
  }
}

TEST(PitchTracker, RefusesWhatDoesNotFit) {
  for (const PitchTracker::Options& options :
       {PitchTracker::Options{.min_f0_hz = 0}, PitchTracker::Options{.min_f0_hz = 700},
        PitchTracker::Options{.min_f0_hz = 35}, PitchTracker::Options{.max_f0_hz = 5000},
        PitchTracker::Options{.n_fft = 1024}, PitchTracker::Options{.n_fft = 512},
        PitchTracker::Options{.n_fft = 2000}, PitchTracker::Options{.cut = {160, 1028}},
        PitchTracker::Options{.cut = {0, 800}}}) {
    EXPECT_EQ(PitchTracker::create(options).error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
