#include "sermo/dsp/chroma_filterbank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "sermo/dsp/tuning.h"
#include "tonal_goldens.h"

namespace sermo::dsp {
namespace {

// Both sides are computed in double and rounded to float32; the largest weight is below 1.
constexpr double kRoundingTolerance = 1.2e-7;

std::vector<float> weights_of(const ChromaFilterbank& bank, double tuning) {
  std::vector<float> weights(bank.num_bins() * kNumChroma);
  bank.weights(tuning, weights);
  return weights;
}

// The formulas of librosa's filters.chroma, class by class.
double slow_weight(size_t n_fft, size_t bin, size_t chroma, double tuning) {
  const auto semitones = [&](double k) {
    return 12.0 * std::log2(k * 22050.0 / static_cast<double>(n_fft) /
                            (440.0 * std::exp2(tuning / 12.0) / 16.0));
  };
  const auto pitch = [&](size_t k) {
    return k == 0 ? semitones(1.0) - 18.0 : semitones(static_cast<double>(k));
  };
  const double width = std::max(pitch(bin + 1) - pitch(bin), 1.0);
  const auto bump = [&](size_t from_a) {
    double distance = std::fmod(pitch(bin) - static_cast<double>(from_a) + 6.0 + 240.0, 12.0) - 6.0;
    return std::exp(-0.5 * std::pow(2.0 * distance / width, 2.0));
  };
  double energy = 0.0;
  for (size_t c = 0; c < 12; ++c) energy += std::pow(bump(c), 2.0);
  const double octave = std::exp(-0.5 * std::pow((pitch(bin) / 12.0 - 5.0) / 2.0, 2.0));
  return bump((chroma + 3) % 12) / std::sqrt(energy) * octave;
}

TEST(ChromaFilterbank, EqualsTheFormulasAtEveryTuning) {
  const ChromaFilterbank bank = *ChromaFilterbank::create({});
  for (size_t i = 0; i < kNumTunings; ++i) {
    const std::vector<float> weights = weights_of(bank, tuning_value(i));
    for (size_t k = 0; k < 1025; k += 1 + i % 3)
      for (size_t c = 0; c < 12; ++c)
        ASSERT_NEAR(weights[k * 12 + c], slow_weight(2048, k, c, tuning_value(i)),
                    kRoundingTolerance)
            << k << " " << c << " " << i;
  }
}

TEST(ChromaFilterbank, EqualsLibrosa) {
  const sermo::testing::TonalGoldens goldens;
  const std::vector<double> tunings = goldens.doubles("tunings");
  const std::vector<float> want = goldens.floats("chroma_filterbank");
  const ChromaFilterbank bank = *ChromaFilterbank::create({});
  for (size_t t = 0; t < tunings.size(); ++t) {
    const std::vector<float> weights = weights_of(bank, tunings[t]);
    for (size_t c = 0; c < 12; ++c)
      for (size_t i = 0; i < 129; ++i)
        ASSERT_NEAR(weights[i * 8 * 12 + c], want[(t * 12 + c) * 129 + i], kRoundingTolerance)
            << tunings[t] << " " << c << " " << i * 8;
  }
}

TEST(ChromaFilterbank, ConcertPitchFallsIntoItsClass) {
  const ChromaFilterbank bank = *ChromaFilterbank::create({.sample_rate_hz = 22528.0});
  const std::vector<float> weights = weights_of(bank, 0.0);  // bin 40 is 440 Hz exactly
  const float* of_a = weights.data() + 40 * kNumChroma;
  EXPECT_EQ(std::max_element(of_a, of_a + kNumChroma) - of_a, 9);  // C is 0, A is 9
}

// Tuning by a whole semitone turns the classes by one, but for the Gaussian over octaves.
TEST(ChromaFilterbank, ASemitoneTurnsTheClasses) {
  const ChromaFilterbank bank = *ChromaFilterbank::create({});
  const std::vector<float> at_zero = weights_of(bank, 0.0);
  const std::vector<float> at_one = weights_of(bank, 1.0);
  for (size_t k = 20; k < 1025; k += 50) {
    float largest[2] = {0.0f, 0.0f};
    for (size_t c = 0; c < 12; ++c) {
      largest[0] = std::max(largest[0], at_zero[k * 12 + c]);
      largest[1] = std::max(largest[1], at_one[k * 12 + c]);
    }
    for (size_t c = 0; c < 12; ++c)
      EXPECT_NEAR(at_zero[k * 12 + (c + 1) % 12] / largest[0], at_one[k * 12 + c] / largest[1],
                  1e-6);
  }
}

TEST(ChromaFilterbank, OtherSizesWorkAndImpossibleOnesAreRefused) {
  for (const size_t n_fft : {4u, 30u, 512u, 8192u}) {
    const ChromaFilterbank bank =
        *ChromaFilterbank::create({.sample_rate_hz = 22050, .n_fft = n_fft});
    ASSERT_EQ(bank.num_bins(), n_fft / 2 + 1);
    const std::vector<float> weights = weights_of(bank, 0.2);
    for (size_t k = 0; k < bank.num_bins(); ++k)
      for (size_t c = 0; c < 12; ++c)
        ASSERT_NEAR(weights[k * 12 + c], slow_weight(n_fft, k, c, 0.2), kRoundingTolerance);
  }
  EXPECT_FALSE(ChromaFilterbank::create({.sample_rate_hz = 22050, .n_fft = 2}).has_value());
  EXPECT_FALSE(ChromaFilterbank::create({.sample_rate_hz = 22050, .n_fft = 2047}).has_value());
  EXPECT_FALSE(ChromaFilterbank::create({.sample_rate_hz = 0, .n_fft = 2048}).has_value());
}

}  // namespace
}  // namespace sermo::dsp
