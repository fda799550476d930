#include "sermo/dsp/time_domain.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "feature_goldens.h"

namespace sermo::dsp {
namespace {

std::vector<float> wild_samples(size_t num_samples) {
  std::mt19937 rng(11);
  std::normal_distribution<float> normal;
  std::vector<float> samples(num_samples);
  for (float& s : samples) {
    s = normal(rng);
    if (std::abs(s) < 0.3f)
      s = 0.0f;  // runs of zeros
    else if (std::abs(s) < 0.5f)
      s *= 1e-10f;  // and of what counts as zero, and hardly not
  }
  return samples;
}

// The definitions, on a padded copy.
struct Slow {
  double rms = 0;
  double zcr = 0;
};
Slow slow_frame(const std::vector<float>& samples, size_t f, const Framing& framing) {
  const auto at = [&](int64_t i) {
    return samples[static_cast<size_t>(
        std::clamp<int64_t>(i, 0, static_cast<int64_t>(samples.size()) - 1))];
  };
  const auto negative = [&](int64_t i) { return at(i) < -1e-10f; };
  const auto start =
      static_cast<int64_t>(f * framing.hop_length) - static_cast<int64_t>(framing.frame_length / 2);
  const int64_t end = start + static_cast<int64_t>(framing.frame_length);
  Slow slow;
  for (int64_t i = start; i < end; ++i) {
    const bool inside = i >= 0 && i < static_cast<int64_t>(samples.size());
    if (inside) slow.rms += std::pow(double{at(i)}, 2);
    if (i > start && negative(i) != negative(i - 1)) slow.zcr += 1;
  }
  slow.rms = std::sqrt(slow.rms / static_cast<double>(framing.frame_length));
  slow.zcr /= static_cast<double>(framing.frame_length);
  return slow;
}

TEST(TimeDomain, EqualsTheDefinitions) {
  for (const Framing& framing : {Framing{}, Framing{.frame_length = 64, .hop_length = 32},
                                 Framing{.frame_length = 256, .hop_length = 16}}) {
    for (const size_t num_samples : {1, 2, 31, 32, 33, 511, 512, 513, 4095, 4096, 4097, 9999}) {
      const std::vector<float> samples = wild_samples(num_samples);
      FrameMatrix rms;
      FrameMatrix zcr;
      root_mean_square(samples, rms, framing);
      zero_crossing_rate(samples, zcr, framing);
      ASSERT_EQ(rms.num_frames(), 1 + num_samples / framing.hop_length);
      ASSERT_EQ(zcr.num_frames(), rms.num_frames());
      for (size_t f = 0; f < rms.num_frames(); ++f) {
        const Slow want = slow_frame(samples, f, framing);
        ASSERT_NEAR(rms(0, f), want.rms, 1e-6) << num_samples << " " << f;
        ASSERT_EQ(zcr(0, f), static_cast<float>(want.zcr)) << num_samples << " " << f;
      }
    }
  }
}

TEST(TimeDomain, EqualsLibrosaOnEveryClip) {
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    FrameMatrix out;
    root_mean_square(golden.samples(), out);
    EXPECT_LT(testing::largest_error_of_range(out, golden.frames("rms")), 1e-5);
    zero_crossing_rate(golden.samples(), out);
    EXPECT_EQ(testing::largest_error_of_range(out, golden.frames("zcr")), 0.0);
  }
}

}  // namespace
}  // namespace sermo::dsp
