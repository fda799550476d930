#include "sermo/dsp/istft.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <limits>
#include <numbers>
#include <random>
#include <vector>

namespace sermo::dsp {
namespace {

std::vector<float> noise(size_t num_samples, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> samples(num_samples);
  for (float& s : samples) s = normal(random);
  return samples;
}

// Bins that belong to no signal: frames that overlap do not agree.
Spectrum noise_spectrum(size_t num_bins, size_t num_frames) {
  const std::vector<float> values = noise(2 * num_bins * num_frames, 7);
  Spectrum spectrum;
  spectrum.resize(num_bins, num_frames);
  for (size_t k = 0; k < num_bins; ++k)
    for (size_t f = 0; f < num_frames; ++f) {
      spectrum.re(k, f) = values[2 * (k * num_frames + f)];
      spectrum.im(k, f) = values[2 * (k * num_frames + f) + 1];
    }
  return spectrum;
}

// The definition, in double: inverse DFT, window, overlap-add, division by the squared windows.
std::vector<double> slow_istft(const Spectrum& spectrum, const Stft::Options& options,
                               size_t num_samples) {
  const size_t n_fft = options.n_fft;
  std::vector<std::complex<double>> turns(n_fft);
  std::vector<double> window(n_fft, 1.0);
  for (size_t n = 0; n < n_fft; ++n) {
    const double angle =
        2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(n_fft);
    turns[n] = std::polar(1.0, angle);
    if (options.window == Window::kHann) window[n] = 0.5 - 0.5 * std::cos(angle);
  }
  const size_t num_padded = n_fft + options.hop_length * (spectrum.num_frames() - 1) + num_samples;
  std::vector<double> sum(num_padded);
  std::vector<double> energy(num_padded);
  for (size_t f = 0; f < spectrum.num_frames(); ++f) {
    for (size_t n = 0; n < n_fft; ++n) {
      double value = spectrum.re(0, f) + (n % 2 == 0 ? 1.0 : -1.0) * spectrum.re(n_fft / 2, f);
      for (size_t k = 1; k < n_fft / 2; ++k) {
        const std::complex<double> turn = turns[k * n % n_fft];
        value += 2.0 * (spectrum.re(k, f) * turn.real() - spectrum.im(k, f) * turn.imag());
      }
      sum[f * options.hop_length + n] += value / static_cast<double>(n_fft) * window[n];
      energy[f * options.hop_length + n] += window[n] * window[n];
    }
  }
  std::vector<double> samples(num_samples);
  for (size_t i = 0; i < num_samples; ++i) {
    const size_t at = i + n_fft / 2;
    samples[i] = energy[at] > std::numeric_limits<float>::min() ? sum[at] / energy[at] : sum[at];
  }
  return samples;
}

void expect_equals_definition(const Stft::Options& options, size_t num_samples) {
  SCOPED_TRACE(::testing::Message()
               << options.n_fft << "/" << options.hop_length << ", " << num_samples << " samples");
  const Spectrum spectrum =
      noise_spectrum(options.n_fft / 2 + 1, 1 + num_samples / options.hop_length);
  const std::vector<double> want = slow_istft(spectrum, options, num_samples);
  std::vector<float> got;
  InverseStftWorkspace workspace;
  InverseStft::create(options)->transform(spectrum, num_samples, got, workspace);
  ASSERT_EQ(got.size(), num_samples);
  double scale = 0.0;  // where few windows overlap, samples and their rounding are larger
  for (const double w : want) scale = std::max(scale, std::abs(w));
  for (size_t i = 0; i < num_samples; ++i) ASSERT_NEAR(got[i], want[i], 1e-6 * scale) << i;
}

TEST(InverseStft, EqualsTheDefinitionForAnyLength) {
  for (const size_t num_samples : {0, 1, 3, 511, 512, 513, 1023, 1024, 1025, 2047, 4096, 9000})
    expect_equals_definition({}, num_samples);
}

TEST(InverseStft, EqualsTheDefinitionForOtherFramesAndHops) {
  for (const auto& [n_fft, hop_length] : {std::pair<size_t, size_t>{64, 4}, {64, 32}, {512, 128}})
    for (const Window window : {Window::kHann, Window::kRectangular})
      expect_equals_definition({.n_fft = n_fft, .hop_length = hop_length, .window = window}, 777);
}

TEST(InverseStft, UndoesTheStft) {
  const Stft stft = *Stft::create({});
  const InverseStft inverse = *InverseStft::create({});
  StftWorkspace stft_workspace;
  InverseStftWorkspace workspace;
  for (const size_t num_samples : {1, 511, 4096, 20001, 81585}) {
    const std::vector<float> samples = noise(num_samples, 5);
    Spectrum spectrum;
    stft.transform(samples, spectrum, stft_workspace);
    std::vector<float> back;
    inverse.transform(spectrum, num_samples, back, workspace);
    ASSERT_EQ(back.size(), num_samples);
    // A bin's rounding is 1e-7 of a frame's 2,048 samples; the average over windows keeps it there.
    for (size_t i = 0; i < num_samples; ++i) ASSERT_NEAR(back[i], samples[i], 4e-6) << i;
  }
}

// Memory left over from a longer clip, even NaN in the padding, does not reach the result.
TEST(InverseStft, ResultsDoNotDependOnWhatTheWorkspaceHeld) {
  const InverseStft inverse = *InverseStft::create({});
  InverseStftWorkspace fresh, used;
  std::vector<float> want, got;
  Spectrum spectrum = noise_spectrum(1025, 9);
  for (size_t k = 0; k < 1025; ++k)
    for (size_t f = 9; f < spectrum.re.stride(); ++f)
      spectrum.re.row(k)[f] = std::numeric_limits<float>::quiet_NaN();
  inverse.transform(spectrum, 4100, want, fresh);
  inverse.transform(noise_spectrum(1025, 100), 51000, got, used);
  inverse.transform(spectrum, 4100, got, used);
  EXPECT_EQ(got, want);
  for (const float sample : got) ASSERT_TRUE(std::isfinite(sample));
}

TEST(InverseStft, ImpossibleHopsAreRefused) {
  for (const size_t hop_length : {0u, 2u, 500u, 2048u}) {
    const auto inverse = InverseStft::create({.n_fft = 2048, .hop_length = hop_length});
    ASSERT_FALSE(inverse.has_value()) << hop_length;
    EXPECT_EQ(inverse.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
