#include "sermo/dsp/fft.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

namespace sermo::dsp {
namespace {

// Float32 rounding through log2(size) stages: measured at most 2.5e-7 of the frame's root mean
// square bin for size 32768.
constexpr double kRelativeTolerance = 6e-7;

FrameMatrix random_frames(size_t size, size_t num_frames, unsigned seed) {
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal;
  FrameMatrix frames(size, num_frames);
  for (size_t n = 0; n < size; ++n) {
    for (size_t f = 0; f < num_frames; ++f) frames(n, f) = normal(rng);
  }
  return frames;
}

// The definition, in double, for one bin.
std::complex<double> slow_bin(const FrameMatrix& frames, size_t f, size_t k) {
  const size_t size = frames.num_rows();
  std::complex<double> sum = 0;
  for (size_t n = 0; n < size; ++n) {
    const double angle =
        -2.0 * std::numbers::pi * static_cast<double>(k * n % size) / static_cast<double>(size);
    sum += static_cast<double>(frames(n, f)) * std::polar(1.0, angle);
  }
  return sum;
}

class FftOfSize : public ::testing::TestWithParam<size_t> {
 protected:
  RealFft fft_ = *RealFft::create(GetParam());
  FftWorkspace workspace_;
};

TEST_P(FftOfSize, EqualsTheDefinition) {
  const size_t size = GetParam();
  const FrameMatrix frames = random_frames(size, 3, 1);
  Spectrum spectrum;
  fft_.forward(frames, spectrum, workspace_);
  ASSERT_EQ(spectrum.num_bins(), size / 2 + 1);
  const double scale = std::sqrt(static_cast<double>(size));  // root mean square of a bin
  // All bins of the small transforms, about 500 of the large ones, first and last included.
  const size_t step = std::max<size_t>(1, size / 1000) | 1;
  double worst = 0;
  for (size_t f = 0; f < 3; ++f) {
    for (size_t k = 0; k <= size / 2; k = k == size / 2 ? k + 1 : std::min(k + step, size / 2)) {
      const std::complex<double> got(spectrum.re(k, f), spectrum.im(k, f));
      worst = std::max(worst, std::abs(got - slow_bin(frames, f, k)) / scale);
    }
  }
  EXPECT_LT(worst, kRelativeTolerance);
}

TEST_P(FftOfSize, InverseUndoesForward) {
  const FrameMatrix frames = random_frames(GetParam(), 5, 2);
  Spectrum spectrum;
  FrameMatrix again;
  fft_.forward(frames, spectrum, workspace_);
  fft_.inverse(spectrum, again, workspace_);
  ASSERT_EQ(again.num_rows(), GetParam());
  double worst = 0;
  for (size_t n = 0; n < GetParam(); ++n) {
    for (size_t f = 0; f < 5; ++f) {
      worst = std::max<double>(worst, std::abs(again(n, f) - frames(n, f)));
    }
  }
  EXPECT_LT(worst, 5 * kRelativeTolerance);  // the samples reach about five times their deviation
}

TEST_P(FftOfSize, InverseIgnoresTheImaginaryPartsOfFirstAndLastBin) {
  const FrameMatrix frames = random_frames(GetParam(), 2, 3);
  Spectrum spectrum;
  FrameMatrix plain;
  FrameMatrix disturbed;
  fft_.forward(frames, spectrum, workspace_);
  fft_.inverse(spectrum, plain, workspace_);
  for (size_t f = 0; f < 2; ++f) spectrum.im(0, f) = spectrum.im(GetParam() / 2, f) = 7.0f;
  fft_.inverse(spectrum, disturbed, workspace_);
  for (size_t n = 0; n < GetParam(); ++n) EXPECT_EQ(plain(n, 1), disturbed(n, 1));
}

TEST_P(FftOfSize, KeepsEnergy) {
  const size_t size = GetParam();
  const FrameMatrix frames = random_frames(size, 1, 4);
  Spectrum spectrum;
  fft_.forward(frames, spectrum, workspace_);
  double in_time = 0;
  for (size_t n = 0; n < size; ++n) in_time += std::pow(frames(n, 0), 2);
  double in_frequency = 0;
  for (size_t k = 0; k <= size / 2; ++k) {
    const double power = std::pow(spectrum.re(k, 0), 2) + std::pow(spectrum.im(k, 0), 2);
    in_frequency += k == 0 || k == size / 2 ? power : 2 * power;
  }
  EXPECT_NEAR(in_frequency / static_cast<double>(size) / in_time, 1.0, kRelativeTolerance);
}

TEST_P(FftOfSize, AnImpulseGivesAPhaseRamp) {
  const size_t size = GetParam();
  FrameMatrix frames(size, 4);
  const size_t positions[] = {0, 1, size / 2, size - 1};
  for (size_t f = 0; f < 4; ++f) {
    for (size_t n = 0; n < size; ++n) frames(n, f) = n == positions[f] ? 1.0f : 0.0f;
  }
  Spectrum spectrum;
  fft_.forward(frames, spectrum, workspace_);
  for (size_t f = 0; f < 4; ++f) {
    for (size_t k = 0; k <= size / 2; ++k) {
      const double angle = -2.0 * std::numbers::pi * static_cast<double>(k * positions[f] % size) /
                           static_cast<double>(size);
      ASSERT_NEAR(spectrum.re(k, f), std::cos(angle), kRelativeTolerance);
      ASSERT_NEAR(spectrum.im(k, f), std::sin(angle), kRelativeTolerance);
    }
  }
}

// However many frames share a call, a frame's result is the same to the last bit.
TEST_P(FftOfSize, FramesDoNotDependOnTheirNeighbours) {
  const size_t size = GetParam();
  const FrameMatrix all = random_frames(size, 37, 5);
  Spectrum together;
  fft_.forward(all, together, workspace_);
  for (const size_t num_frames : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 37}) {
    FrameMatrix some(size, num_frames);
    for (size_t n = 0; n < size; ++n) {
      for (size_t f = 0; f < num_frames; ++f) some(n, f) = all(n, 37 - num_frames + f);
    }
    Spectrum alone;
    fft_.forward(some, alone, workspace_);
    ASSERT_EQ(alone.num_frames(), num_frames);
    for (size_t k = 0; k <= size / 2; ++k) {
      for (size_t f = 0; f < num_frames; ++f) {
        ASSERT_EQ(alone.re(k, f), together.re(k, 37 - num_frames + f));
        ASSERT_EQ(alone.im(k, f), together.im(k, 37 - num_frames + f));
      }
    }
  }
}

TEST_P(FftOfSize, IsLinear) {
  const size_t size = GetParam();
  FrameMatrix frames = random_frames(size, 3, 6);
  for (size_t n = 0; n < size; ++n) frames(n, 2) = 2.0f * frames(n, 0) - 0.5f * frames(n, 1);
  Spectrum s;
  fft_.forward(frames, s, workspace_);
  const double tolerance = 5 * kRelativeTolerance * std::sqrt(static_cast<double>(size));
  for (size_t k = 0; k <= size / 2; ++k) {
    ASSERT_NEAR(s.re(k, 2), 2.0f * s.re(k, 0) - 0.5f * s.re(k, 1), tolerance);
    ASSERT_NEAR(s.im(k, 2), 2.0f * s.im(k, 0) - 0.5f * s.im(k, 1), tolerance);
  }
}

INSTANTIATE_TEST_SUITE_P(PowersOfTwo, FftOfSize,
                         ::testing::Values(32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
                                           32768));

TEST(RealFft, RefusesOtherSizes) {
  for (const size_t size : {0, 1, 16, 48, 2047, 65536}) {
    const auto fft = RealFft::create(size);
    ASSERT_FALSE(fft.has_value()) << size;
    EXPECT_EQ(fft.error().code, ErrorCode::kUsage);
    EXPECT_NE(fft.error().message.find(std::to_string(size)), std::string::npos);
  }
}

}  // namespace
}  // namespace sermo::dsp
