#include "sermo/dsp/loud_part.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "voice_goldens.h"

namespace sermo::dsp {
namespace {

// The definition: every frame by itself.
SampleRange slow_loud_part(const std::vector<float>& samples) {
  std::vector<double> level_db;
  for (size_t t = 0; t <= samples.size() / 160; ++t) {
    double sum = 0;
    for (std::ptrdiff_t n = -200; n < 200; ++n) {
      const std::ptrdiff_t at = static_cast<std::ptrdiff_t>(t * 160) + n;
      if (at < 0 || at >= static_cast<std::ptrdiff_t>(samples.size())) continue;
      const double x = samples[static_cast<size_t>(at)];
      sum += x * x;
    }
    level_db.push_back(10.0 * std::log10(sum / 400 + 1e-12));
  }
  const double threshold = *std::max_element(level_db.begin(), level_db.end()) - 35.0;
  size_t first = level_db.size(), last = 0;
  for (size_t t = 0; t < level_db.size(); ++t) {
    if (level_db[t] <= threshold) continue;
    first = std::min(first, t);
    last = t;
  }
  return {first < 2 ? 0 : (first - 2) * 160, std::min(samples.size(), (last + 3) * 160)};
}

void expect_equals_definition(const std::vector<float>& samples) {
  const SampleRange got = loud_part(samples);
  const SampleRange want = slow_loud_part(samples);
  EXPECT_EQ(got.first, want.first);
  EXPECT_EQ(got.end, want.end);
}

TEST(LoudPart, EqualsTheDefinition) {
  std::mt19937 rng(3);
  std::normal_distribution<float> normal;
  for (const size_t size : {1, 39, 40, 41, 160, 199, 401, 1600, 12345}) {
    for (const double fade : {0.0, 5.0, 12.0}) {
      SCOPED_TRACE(size);
      std::vector<float> samples(size);
      for (size_t n = 0; n < size; ++n) {
        const double place = 2.0 * static_cast<double>(n) / static_cast<double>(size) - 1.0;
        samples[n] = normal(rng) * static_cast<float>(std::exp(-fade * place * place));
      }
      expect_equals_definition(samples);
    }
  }
}

TEST(LoudPart, EqualsTheReferenceOnEveryClip) {
  for (const std::string& clip : testing::voice_golden_clips()) {
    const testing::VoiceGolden golden(clip);
    if (!golden.has_contours()) continue;
    SCOPED_TRACE(clip);
    EXPECT_EQ(loud_part(golden.samples()).size(), static_cast<size_t>(golden.ints("trimmed")[0]));
    expect_equals_definition(golden.samples());
  }
}

TEST(LoudPart, KeepsAllOfWhatHasNoLoudPart) {
  EXPECT_EQ(loud_part(std::vector<float>(5000, 1e-20f)).size(), 5000);  // far below the floor
  EXPECT_EQ(loud_part(std::vector<float>(5000, 0.5f)).size(), 5000);
  EXPECT_EQ(loud_part(std::vector<float>(5000, 3e38f)).size(), 5000);  // squares need double
  EXPECT_EQ(loud_part({}).size(), 0);
}

TEST(LoudPart, ASingleClickLeavesAFewFrames) {
  std::vector<float> samples(16000, 0.0f);
  samples[8000] = 1.0f;
  const SampleRange part = loud_part(samples);
  EXPECT_LE(part.first, 8000);
  EXPECT_GT(part.end, 8000);
  EXPECT_LE(part.size(), 1600);
}

}  // namespace
}  // namespace sermo::dsp
