#include "sermo/dsp/stft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

#include "instruction_sets.h"
#include "tonal_goldens.h"

namespace sermo::dsp {
namespace {

// Rounding of a value to float32, with as much again for a magnitude made of two.
constexpr double kRounding = 6.1e-8;
// What arithmetic in double may err by, against the root mean square of a frame's bins.
constexpr double kArithmeticTolerance = 1e-13;

std::vector<float> noise(size_t num_samples) {
  std::mt19937 rng(9);
  std::normal_distribution<float> normal;
  std::vector<float> samples(num_samples);
  for (float& s : samples) s = normal(rng);
  return samples;
}

// The definition, in double.
std::complex<double> slow_stft(std::span<const float> samples, const Stft::Options& options,
                               size_t k, size_t frame) {
  std::complex<double> sum = 0;
  const auto n_fft = static_cast<double>(options.n_fft);
  for (size_t n = 0; n < options.n_fft; ++n) {
    const size_t position = frame * options.hop_length + n;
    if (position < options.n_fft / 2 || position - options.n_fft / 2 >= samples.size()) continue;
    const double turn = 2.0 * std::numbers::pi * static_cast<double>(n) / n_fft;
    const double w = options.window == Window::kHann ? 0.5 - 0.5 * std::cos(turn) : 1.0;
    const double angle =
        2.0 * std::numbers::pi * static_cast<double>(k * n % options.n_fft) / n_fft;
    sum += w * static_cast<double>(samples[position - options.n_fft / 2]) * std::polar(1.0, -angle);
  }
  return sum;
}

void expect_equals_definition(const Stft::Options& options, size_t num_samples) {
  SCOPED_TRACE(::testing::Message()
               << options.n_fft << "/" << options.hop_length << ", " << num_samples << " samples");
  const std::vector<float> samples = noise(num_samples);
  const Stft stft = *Stft::create(options);
  StftWorkspace workspace;
  Spectrum spectrum;
  FrameMatrix magnitude;
  stft.transform(samples, spectrum, magnitude, workspace);
  ASSERT_EQ(spectrum.num_frames(), 1 + num_samples / options.hop_length);
  ASSERT_EQ(spectrum.num_bins(), options.n_fft / 2 + 1);
  const double tolerance = kArithmeticTolerance * std::sqrt(static_cast<double>(options.n_fft));
  const auto expect_near = [&](double got, double want, double rounding) {
    EXPECT_NEAR(got, want, tolerance + rounding * std::abs(want));
  };
  const size_t step = std::max<size_t>(1, options.n_fft / 100) | 1;
  for (size_t f = 0; f < spectrum.num_frames(); ++f) {
    for (size_t k = 0; k < spectrum.num_bins(); k += step) {
      const std::complex<double> want = slow_stft(samples, options, k, f);
      expect_near(spectrum.re(k, f), want.real(), kRounding);
      expect_near(spectrum.im(k, f), want.imag(), kRounding);
      expect_near(magnitude(k, f), std::abs(want), 3 * kRounding);
      if (::testing::Test::HasFailure()) FAIL() << "bin " << k << ", frame " << f;
    }
  }
  Spectrum without_magnitude;
  stft.transform(samples, without_magnitude, workspace);
  for (size_t f = 0; f < spectrum.num_frames(); ++f) {
    for (size_t k = 0; k < spectrum.num_bins(); ++k) {
      ASSERT_EQ(without_magnitude.re(k, f), spectrum.re(k, f));
      ASSERT_EQ(without_magnitude.im(k, f), spectrum.im(k, f));
    }
  }
}

TEST(Stft, EqualsTheDefinitionForAnyLength) {
  for (const size_t num_samples :
       {0, 1, 511, 512, 513, 1023, 1024, 1025, 2047, 2048, 4095, 4096, 4097, 8191, 12345}) {
    expect_equals_definition({}, num_samples);
  }
}

TEST(Stft, EqualsTheDefinitionForOtherFramesAndHops) {
  expect_equals_definition({.n_fft = 1024, .hop_length = 512, .window = Window::kRectangular},
                           5000);
  expect_equals_definition({.n_fft = 1024, .hop_length = 8, .window = Window::kRectangular}, 700);
  expect_equals_definition({.n_fft = 256, .hop_length = 2, .window = Window::kHann}, 101);
  expect_equals_definition({.n_fft = 512, .hop_length = 512, .window = Window::kHann}, 5000);
}

// A chirp from 80 dB above a quiet one, then silence with a single click: bins of every size, and
// frames in which only rounding tells bins apart.
TEST(Stft, EqualsLibrosaBitForBit) {
  const sermo::testing::TonalGoldens goldens;
  const std::vector<float> want = goldens.floats("stft");  // [re, im, abs][bins][frames]
  const size_t num_frames = goldens.shape("stft")[2];
  sermo::testing::for_each_instruction_set([&] {
    Spectrum spectrum;
    FrameMatrix magnitude;
    StftWorkspace workspace;
    Stft::create({})->transform(goldens.floats("stft_samples"), spectrum, magnitude, workspace);
    ASSERT_EQ(spectrum.num_frames(), num_frames);
    for (size_t k = 0; k < 1025; ++k) {
      for (size_t f = 0; f < num_frames; ++f) {
        const float* at = want.data() + k * num_frames + f;
        ASSERT_EQ(spectrum.re(k, f), at[0]) << k << " " << f;
        ASSERT_EQ(spectrum.im(k, f), at[1025 * num_frames]) << k << " " << f;
        ASSERT_EQ(magnitude(k, f), at[2 * 1025 * num_frames]) << k << " " << f;
      }
    }
  });
}

TEST(Stft, SomeBinsAreThoseOfAll) {
  const std::vector<float> samples = noise(3000);
  const Stft stft = *Stft::create({.n_fft = 256, .hop_length = 64});
  StftWorkspace workspace;
  Spectrum all, some;
  stft.transform(samples, all, workspace);
  for (const auto& [first, end] :
       {std::pair<size_t, size_t>{0, 129}, {0, 1}, {17, 90}, {128, 129}, {5, 5}}) {
    stft.transform_bins(samples, first, end, some, workspace);
    ASSERT_EQ(some.num_bins(), end - first);
    ASSERT_EQ(some.num_frames(), all.num_frames());
    for (size_t k = first; k < end; ++k) {
      for (size_t f = 0; f < all.num_frames(); ++f) {
        ASSERT_EQ(some.re(k - first, f), all.re(k, f));
        ASSERT_EQ(some.im(k - first, f), all.im(k, f));
      }
    }
  }
}

// A workspace used for a long clip leaves nothing behind that a short one could see.
TEST(Stft, WorkspaceAndResultsCanBeReused) {
  const Stft stft = *Stft::create({});
  StftWorkspace workspace;
  Spectrum reused;
  stft.transform(noise(60000), reused, workspace);
  std::vector<float> quiet = noise(7000);
  for (float& s : quiet) s *= 1e-3f;
  stft.transform(quiet, reused, workspace);
  Spectrum fresh;
  StftWorkspace fresh_workspace;
  stft.transform(quiet, fresh, fresh_workspace);
  ASSERT_EQ(reused.num_frames(), fresh.num_frames());
  for (size_t k = 0; k < fresh.num_bins(); ++k) {
    for (size_t f = 0; f < fresh.num_frames(); ++f) {
      ASSERT_EQ(reused.re(k, f), fresh.re(k, f));
      ASSERT_EQ(reused.im(k, f), fresh.im(k, f));
    }
  }
}

TEST(Stft, RefusesFramesAndHopsItCannotDo) {
  for (const Stft::Options& options :
       {Stft::Options{.n_fft = 2000}, Stft::Options{.hop_length = 0},
        Stft::Options{.hop_length = 1}, Stft::Options{.hop_length = 500},
        Stft::Options{.hop_length = 4096}}) {
    const auto stft = Stft::create(options);
    ASSERT_FALSE(stft.has_value());
    EXPECT_EQ(stft.error().code, ErrorCode::kUsage);
  }
}

TEST(HannWindow, IsPeriodic) {
  const std::vector<double> window = make_window(Window::kHann, 8);
  EXPECT_EQ(window[0], 0.0);
  EXPECT_EQ(window[4], 1.0);
  EXPECT_DOUBLE_EQ(window[1], window[7]);
  EXPECT_DOUBLE_EQ(window[2], 0.5);
}

}  // namespace
}  // namespace sermo::dsp
