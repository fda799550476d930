#include "sermo/dsp/constant_q.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

#include "feature_goldens.h"
#include "sermo/audio/resample.h"
#include "sermo/dsp/chroma_cqt.h"

namespace sermo::dsp {
namespace {

// The contract asks for 1e-4 of the range.
constexpr double kBar = 1e-6;
constexpr double kChromaBar = 5e-5;

FrameMatrix constant_q_of(std::span<const float> samples, double tuning,
                          const ConstantQ::Options& options = {}) {
  FrameMatrix magnitude;
  ConstantQWorkspace workspace;
  ConstantQ::create(options)->transform(samples, tuning, magnitude, workspace);
  return magnitude;
}

std::vector<float> tone(double hz, size_t num_samples) {
  std::vector<float> samples(num_samples);
  for (size_t n = 0; n < num_samples; ++n)
    samples[n] = static_cast<float>(
        std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(n) / 22050.0));
  return samples;
}

std::vector<float> noise(size_t num_samples) {
  std::mt19937 random(17);
  std::normal_distribution<float> normal;
  std::vector<float> samples(num_samples);
  for (float& s : samples) s = normal(random);
  return samples;
}

// What each row means, without a short-time transform: the sparse filter as a sequence of samples,
// laid over the signal of its octave, in double.
TEST(ConstantQ, EqualsFilteringInTheTimeDomain) {
  const std::vector<float> samples = noise(9000);
  const double tuning = -0.27;
  const FrameMatrix got = constant_q_of(samples, tuning);
  ASSERT_EQ(got.num_rows(), 252u);
  ASSERT_EQ(got.num_frames(), 1u + 9000u / 512u);

  ConstantQBasisWorkspace workspace;
  const ConstantQBasis basis = ConstantQBasisBuilder::create({})->build(tuning, workspace);
  std::vector<float> octave_samples = samples;
  for (size_t octave = 0; octave < 7; ++octave) {
    if (octave > 0) {
      octave_samples = *audio::resample(octave_samples, 2000, 1000);
      for (float& s : octave_samples) s *= std::sqrt(2.0f);
    }
    for (const size_t r : {0u, 20u, 35u}) {
      std::vector<std::complex<double>> filter(1024);
      for (size_t n = 0; n < 1024; ++n)
        for (size_t i = basis.row_starts[r]; i < basis.row_starts[r + 1]; ++i) {
          const auto& entry = basis.entries[i];
          const double angle =
              2.0 * std::numbers::pi * static_cast<double>(entry.bin * n % 1024) / 1024.0;
          filter[n] += std::complex<double>(entry.re, entry.im) * std::polar(1.0, -angle);
        }
      for (size_t f = 0; f < got.num_frames(); f += 3) {
        std::complex<double> sum = 0.0;
        for (size_t n = 0; n < 1024; ++n) {
          const auto at = static_cast<int64_t>(f * (512u >> octave) + n) - 512;
          if (at >= 0 && at < static_cast<int64_t>(octave_samples.size()))
            sum += filter[n] * static_cast<double>(octave_samples[static_cast<size_t>(at)]);
        }
        // The rounding of 1,024 samples of about one.
        ASSERT_NEAR(got((6 - octave) * 36 + r, f), std::abs(sum), 2e-6) << octave << " " << r;
      }
    }
  }
}

// The quietest frames count as much as the loudest: chroma is compared too, where each frame has
// its own scale.
TEST(ConstantQ, EqualsLibrosaOnEveryClip) {
  using sermo::testing::largest_error_of_range;
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    // The golden's tuning is rounded to float32.
    const double tuning = std::round(100.0 * golden.number("harmonic_tuning")) / 100.0;
    const FrameMatrix got = constant_q_of(golden.values("harmonic"), tuning);
    EXPECT_LT(largest_error_of_range(got, golden.frames("cqt_magnitude")), kBar);
    FrameMatrix chroma;
    chroma_cqt(got, 36, chroma);
    EXPECT_LT(largest_error_of_range(chroma, golden.frames("chroma_cqt")), kChromaBar);
  }
}

TEST(ConstantQ, AToneIsLoudestInItsRow) {
  for (const int row : {40, 100, 155, 251}) {
    const double hz = 32.703195662574829 * std::exp2((row + 0.3) / 36.0);
    const FrameMatrix got = constant_q_of(tone(hz, 60000), 0.3);
    size_t loudest = 0;
    for (size_t r = 0; r < 252; ++r)
      if (got(r, 58) > got(loudest, 58)) loudest = r;
    EXPECT_EQ(loudest, static_cast<size_t>(row));
  }
}

// A tone an octave lower answers an octave lower, and as strongly: lengths double, gains too.
TEST(ConstantQ, OctavesAreAlike) {
  const FrameMatrix high = constant_q_of(tone(1760.0, 40000), 0.0);
  const FrameMatrix low = constant_q_of(tone(880.0, 40000), 0.0);
  EXPECT_NEAR(low(4 * 36 + 27, 39) / high(5 * 36 + 27, 39), std::sqrt(2.0), 0.01);
}

TEST(ConstantQ, IsLinearInAmplitude) {
  const std::vector<float> samples = noise(5000);
  std::vector<float> louder = samples;
  for (float& s : louder) s *= 8.0f;
  const FrameMatrix want = constant_q_of(samples, 0.1);
  const FrameMatrix got = constant_q_of(louder, 0.1);
  for (size_t r = 0; r < 252; ++r)
    for (size_t f = 0; f < want.num_frames(); ++f) ASSERT_EQ(got(r, f), 8.0f * want(r, f));
}

TEST(ConstantQ, ResultsDoNotDependOnWhatTheWorkspaceHeld) {
  const ConstantQ constant_q = *ConstantQ::create({});
  const std::vector<float> samples = noise(5000);
  const FrameMatrix want = constant_q_of(samples, -0.5);
  ConstantQWorkspace workspace;
  FrameMatrix got;
  constant_q.transform(noise(20000), 0.49, got, workspace);
  for (int turn = 0; turn < 2; ++turn) {
    constant_q.transform(samples, -0.5, got, workspace);
    ASSERT_EQ(got.num_frames(), want.num_frames());
    for (size_t r = 0; r < 252; ++r)
      for (size_t f = 0; f < want.num_frames(); ++f) ASSERT_EQ(got(r, f), want(r, f));
  }
}

TEST(ConstantQ, ShortAndSilentClipsWork) {
  for (const size_t num_samples : {0u, 1u, 100u, 511u, 512u, 1025u}) {
    const FrameMatrix got = constant_q_of(std::vector<float>(num_samples), 0.0);
    ASSERT_EQ(got.num_frames(), 1 + num_samples / 512);
    for (size_t r = 0; r < 252; ++r)
      for (size_t f = 0; f < got.num_frames(); ++f) ASSERT_EQ(got(r, f), 0.0f);
  }
}

TEST(ConstantQ, ImpossibleOptionsAreRefused) {
  for (const ConstantQ::Options& options :
       {ConstantQ::Options{.num_octaves = 0}, ConstantQ::Options{.num_octaves = 9},
        ConstantQ::Options{.num_octaves = 4}, ConstantQ::Options{.hop_length = 100},
        ConstantQ::Options{.hop_length = 0}, ConstantQ::Options{.bins_per_octave = -1}}) {
    const auto constant_q = ConstantQ::create(options);
    ASSERT_FALSE(constant_q.has_value()) << options.num_octaves << " " << options.hop_length;
    EXPECT_EQ(constant_q.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
