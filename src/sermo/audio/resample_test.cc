#include "sermo/audio/resample.h"

#include <gtest/gtest.h>
#include <soxr.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <numbers>
#include <string>

#include "sermo/base/file.h"
#include "test_paths.h"

namespace sermo::audio {
namespace {

// The generator that tools/golden/make_resample.py describes: noise, then digital silence.
std::vector<float> noise(uint32_t seed, size_t num_samples) {
  std::vector<float> out(num_samples);
  uint32_t state = seed;
  for (size_t i = 0; i < num_samples - num_samples / 2; ++i) {
    state = 1664525U * state + 1013904223U;
    out[i] = (static_cast<float>(state >> 16) - 32768.0F) / 32768.0F;
  }
  return out;
}

std::vector<float> golden(const std::string& name) {
  const auto bytes = read_file(testing::test_data() / "audio" / "resample" / (name + ".f32"));
  EXPECT_TRUE(bytes) << bytes.error().message;
  std::vector<float> values(bytes->size() / sizeof(float));
  std::memcpy(values.data(), bytes->data(), values.size() * sizeof(float));
  return values;
}

struct Case {
  uint32_t seed;
  int from_hz;
  int to_hz;
  size_t num_samples;
};
constexpr Case kCases[] = {
    {1, 48000, 22050, 1},       {2, 48000, 22050, 2},     {3, 48000, 22050, 320},
    {4, 48000, 22050, 6400},    {5, 48000, 22050, 19999}, {6, 16000, 22050, 1025},
    {7, 44100, 22050, 4095},    {8, 24414, 22050, 1501},  {9, 8000, 22050, 700},
    {10, 192000, 22050, 12000}, {11, 22050, 16000, 2500}, {12, 11025, 22050, 513},
    {13, 96000, 22050, 6173},   {14, 22050, 22050, 100},
};

// The bits depend on the version of libsoxr and, through its vector code, on the processor.
bool same_build_as_goldens() {
#if defined(__x86_64__)
  return std::string(soxr_version()) == "libsoxr-0.1.3";
#else
  return false;
#endif
}

TEST(Resample, EqualsLibrosa) {
  for (const Case& c : kCases) {
    const std::string name = std::to_string(c.from_hz) + "_" + std::to_string(c.to_hz) + "_" +
                             std::to_string(c.num_samples);
    SCOPED_TRACE(name);
    const std::vector<float> want = golden(name);
    const std::vector<float> got =
        resample(noise(c.seed, c.num_samples), c.from_hz, c.to_hz).value();
    ASSERT_EQ(got.size(), want.size());
    if (same_build_as_goldens()) {
      EXPECT_EQ(std::memcmp(got.data(), want.data(), want.size() * sizeof(float)), 0);
    }
    // Elsewhere: float32 rounding of a sum of about a hundred products of values up to 1.
    for (size_t i = 0; i < want.size(); ++i) ASSERT_NEAR(got[i], want[i], 1e-6F) << i;
  }
}

TEST(Resample, AToneStaysATone) {
  constexpr double kToneHz = 440.0;
  const auto tone = [](int rate_hz, size_t i) {
    return std::sin(2.0 * std::numbers::pi * kToneHz * static_cast<double>(i) / rate_hz);
  };
  for (const int from_hz : {8'000, 16'000, 24'414, 44'100, 48'000, 192'000}) {
    std::vector<float> samples(static_cast<size_t>(from_hz));
    for (size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<float>(tone(from_hz, i));
    const std::vector<float> got = resample(samples, from_hz, 22'050).value();
    // Away from both ends, where the signal's sudden start rings. HQ keeps 20 bits: 1e-6 of full
    // scale, times some for the ripple in the pass band.
    double worst = 0.0;
    for (size_t i = 2'000; i < 20'000; ++i)
      worst = std::max(worst, std::abs(got[i] - tone(22'050, i)));
    EXPECT_LT(worst, 1e-5) << from_hz;
  }
}

TEST(Resample, SizesAreThoseOfLibrosa) {
  EXPECT_EQ(resampled_size(0, 48'000, 22'050), 0U);
  EXPECT_EQ(resampled_size(1, 48'000, 22'050), 1U);
  EXPECT_EQ(resampled_size(5, 44'100, 22'050), 3U);
  EXPECT_EQ(resampled_size(7, 22'050, 22'050), 7U);
  // int(np.ceil(n * (22050.0 / 24414))) where the product is exactly whole or rounds above it.
  EXPECT_EQ(resampled_size(24'414, 24'414, 22'050), 22'050U);
  EXPECT_EQ(resampled_size(158'558, 48'000, 22'050), 72'838U);
}

TEST(Resample, Edges) {
  EXPECT_TRUE(resample({}, 48'000, 22'050).value().empty());
  const std::vector<float> copied = noise(1, 10);
  EXPECT_EQ(resample(copied, 16'000, 16'000).value(), copied);
  EXPECT_EQ(resample(std::vector<float>(1000), 48'000, 22'050).value(), std::vector<float>(460));
  for (const int from_hz : {kMinResampleRateHz, 1'001, 44'101, kMaxResampleRateHz}) {
    for (const int to_hz : {kMinResampleRateHz, 44'101, 399'989, kMaxResampleRateHz}) {
      const std::vector<float> got = resample(noise(2, 1000), from_hz, to_hz).value();
      EXPECT_EQ(got.size(), resampled_size(1000, from_hz, to_hz)) << from_hz << " " << to_hz;
      EXPECT_TRUE(std::all_of(got.begin(), got.end(), [](float x) { return std::abs(x) < 4; }));
    }
  }
  for (const auto& [from_hz, to_hz] : {std::pair{0, 22'050}, {22'050, -1}, {500'000, 22'050}}) {
    const auto result = resample(noise(2, 10), from_hz, to_hz);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  }
}

}  // namespace
}  // namespace sermo::audio
