#include "sermo/augment/noise.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sermo/augment/level.h"
#include "sermo/dsp/fft.h"

namespace sermo::augment {
namespace {

std::vector<float> noise_of(NoiseColour colour, int rate_hz, size_t size, uint64_t seed) {
  std::vector<float> out(size);
  Random random(seed, 0);
  dsp::Convolver convolver;
  make_noise(colour, rate_hz, random, convolver, out);
  return out;
}

// The mean power of each bin over many frames under a Hann window.
std::vector<double> power_spectrum(std::span<const float> samples, size_t size) {
  const dsp::RealFft fft = *dsp::RealFft::create(size);
  const size_t num_frames = samples.size() / size;
  dsp::FrameMatrix frames(size, num_frames);
  for (size_t n = 0; n < size; ++n) {
    const double window = std::sin(M_PI * static_cast<double>(n) / static_cast<double>(size));
    for (size_t f = 0; f < num_frames; ++f)
      frames(n, f) = static_cast<float>(window * window * samples[f * size + n]);
  }
  dsp::Spectrum spectrum;
  dsp::FftWorkspace workspace;
  fft.forward(frames, spectrum, workspace);
  std::vector<double> power(fft.num_bins());
  for (size_t k = 0; k < power.size(); ++k) {
    for (size_t f = 0; f < num_frames; ++f)
      power[k] += std::pow(spectrum.re(k, f), 2) + std::pow(spectrum.im(k, f), 2);
  }
  return power;
}

// Mean power in dB from low_hz to high_hz.
double band_db(const std::vector<double>& power, int rate_hz, double low_hz, double high_hz) {
  const double hz_per_bin = rate_hz / 2.0 / static_cast<double>(power.size() - 1);
  double sum = 0.0;
  int count = 0;
  for (size_t k = 1; k + 1 < power.size(); ++k) {
    const double hz = static_cast<double>(k) * hz_per_bin;
    if (hz < low_hz || hz >= high_hz) continue;
    sum += power[k];
    ++count;
  }
  return 10.0 * std::log10(sum / count);
}

// The colour's own mean power over the same bins.
double wanted_db(NoiseColour colour, size_t num_bins, int rate_hz, double low_hz, double high_hz) {
  std::vector<double> power(num_bins);
  for (size_t k = 0; k < num_bins; ++k) {
    const double hz = static_cast<double>(k) * rate_hz / 2.0 / static_cast<double>(num_bins - 1);
    power[k] = std::pow(noise_gain(colour, hz), 2);
  }
  return band_db(power, rate_hz, low_hz, high_hz);
}

TEST(MakeNoise, EachColourHasItsSpectrum) {
  for (const int rate_hz : {16000, 22050}) {
    for (const NoiseColour colour :
         {NoiseColour::kWhite, NoiseColour::kPink, NoiseColour::kHalfPink, NoiseColour::kSpeech}) {
      const std::vector<double> power = power_spectrum(noise_of(colour, rate_hz, 600'000, 1), 2048);
      const auto level = [&](double low, double high) {
        return band_db(power, rate_hz, low, high) -
               wanted_db(colour, power.size(), rate_hz, low, high);
      };
      const double reference = level(500, 1000);
      for (const auto& [low, high] : {std::pair{60.0, 90.0},
                                      {125.0, 250.0},
                                      {250.0, 500.0},
                                      {1000.0, 2000.0},
                                      {2000.0, 4000.0},
                                      {4000.0, 7500.0}}) {
        // 300 frames of a few bins at least: the mean is known within 0.3 dB; and the lowest bins
        // take something of their louder neighbours.
        EXPECT_NEAR(level(low, high), reference, 0.5)
            << rate_hz << " Hz, colour " << static_cast<int>(colour) << ", " << low << " Hz";
      }
    }
  }
}

// Stated by themselves, so that the spectra above are not compared with a slip.
TEST(MakeNoise, TheColoursAreWhatTheyAreCalled) {
  const auto db = [](NoiseColour colour, double hz) {
    return 20.0 * std::log10(noise_gain(colour, hz));
  };
  EXPECT_NEAR(db(NoiseColour::kPink, 1000) - db(NoiseColour::kPink, 2000), 3.01, 0.01);
  EXPECT_NEAR(db(NoiseColour::kPink, 10) - db(NoiseColour::kPink, 50), 0.0, 0.01);
  EXPECT_NEAR(db(NoiseColour::kHalfPink, 1000) - db(NoiseColour::kHalfPink, 2000), 1.505, 0.005);
  EXPECT_NEAR(db(NoiseColour::kSpeech, 1000) - db(NoiseColour::kSpeech, 2000), 9.0, 0.01);
  EXPECT_NEAR(db(NoiseColour::kSpeech, 100) - db(NoiseColour::kSpeech, 50), 12.04, 0.01);
  EXPECT_NEAR(db(NoiseColour::kSpeech, 100) - db(NoiseColour::kSpeech, 500), 0.0, 0.01);
  EXPECT_EQ(db(NoiseColour::kWhite, 100), db(NoiseColour::kWhite, 5000));
}

TEST(MakeNoise, IsGaussian) {
  for (const NoiseColour colour : {NoiseColour::kWhite, NoiseColour::kPink, NoiseColour::kSpeech}) {
    const std::vector<float> noise = noise_of(colour, 16000, 1'000'000, 2);
    const double deviation = root_mean_square(noise);
    double fourth = 0.0;
    size_t num_beyond = 0;
    for (const float x : noise) {
      fourth += std::pow(x / deviation, 4);
      num_beyond += std::abs(x) > 2.0 * deviation ? 1 : 0;
    }
    EXPECT_NEAR(fourth / 1e6, 3.0, 0.15);
    EXPECT_NEAR(static_cast<double>(num_beyond) / 1e6, 0.0455, 0.003);
  }
}

TEST(MakeNoise, TheSeedDecides) {
  for (const NoiseColour colour : {NoiseColour::kWhite, NoiseColour::kPink}) {
    EXPECT_EQ(noise_of(colour, 16000, 999, 1), noise_of(colour, 16000, 999, 1));
    EXPECT_NE(noise_of(colour, 16000, 999, 1), noise_of(colour, 16000, 999, 2));
  }
}

}  // namespace
}  // namespace sermo::augment
