#include "sermo/dsp/frame_power.h"

#include <gtest/gtest.h>

#include <cmath>
#include <complex>
#include <numbers>
#include <random>
#include <vector>

#include "instruction_sets.h"

namespace sermo::dsp {
namespace {

std::vector<float> noise(size_t size) {
  std::mt19937 rng(2);
  std::normal_distribution<float> normal(0.0f, 0.2f);
  std::vector<float> samples(size);
  for (float& sample : samples) sample = normal(rng);
  return samples;
}

// Sample n of frame t, zeros outside the clip.
double sample_of(const std::vector<float>& samples, const FrameCut& cut, size_t t, size_t n) {
  const auto at = static_cast<std::ptrdiff_t>(t * cut.hop_length + n) -
                  static_cast<std::ptrdiff_t>(cut.width / 2);
  if (at < 0 || at >= static_cast<std::ptrdiff_t>(samples.size())) return 0;
  return samples[static_cast<size_t>(at)];
}

void expect_equals_definition(const std::vector<float>& samples) {
  const FramePower transform = *FramePower::create({});
  const FrameCut cut;
  PaddedClip clip;
  clip.assign(samples, 1.0f);
  const size_t num_frames = cut.num_frames(samples.size());
  FftWorkspace workspace;
  FrameMatrix power;
  const size_t first = num_frames / 3;  // pieces give what the whole gives
  transform.apply(clip, first, num_frames - first, power, workspace);
  ASSERT_EQ(power.num_rows(), 257);
  ASSERT_EQ(power.num_frames(), num_frames - first);
  for (size_t f = 0; f < power.num_frames(); f += 5) {
    double largest = 0;
    std::vector<double> want(257);
    for (size_t k = 0; k < 257; ++k) {
      std::complex<double> sum = 0;
      for (size_t n = 0; n < 400; ++n) {
        const double window =
            0.54 - 0.46 * std::cos(2 * std::numbers::pi * static_cast<double>(n) / 399);
        sum += window * sample_of(samples, cut, first + f, n) *
               std::polar(1.0, -2 * std::numbers::pi * static_cast<double>(k * n % 512) / 512);
      }
      want[k] = std::norm(sum) + 1e-10;
      largest = std::max(largest, want[k]);
    }
    // An amplitude errs by 1e-7 of the largest; so its square by twice the product of both.
    for (size_t k = 0; k < 257; ++k)
      ASSERT_NEAR(power(k, f), want[k], 1e-6 * std::sqrt(want[k] * largest) + 1e-13 * largest);
  }
}

TEST(FramePower, EqualsTheDefinition) {
  for (const size_t size : {100, 3000, 5281}) expect_equals_definition(noise(size));
}

TEST(FramePower, EqualsTheDefinitionForEveryInstructionSet) {
  testing::for_each_instruction_set([] { expect_equals_definition(noise(2500)); });
}

TEST(FramePower, SilenceIsTheFloor) {
  const FramePower transform = *FramePower::create({});
  PaddedClip clip;
  clip.assign(std::vector<float>(1000, 0.0f), 1.0f);
  FftWorkspace workspace;
  FrameMatrix power;
  transform.apply(clip, 0, 7, power, workspace);
  for (size_t k = 0; k < power.num_rows(); ++k) EXPECT_EQ(power(k, 3), 1e-10f);
}

TEST(FramePower, RefusesWhatDoesNotFit) {
  for (const FramePower::Options& options :
       {FramePower::Options{.cut = {160, 0}}, FramePower::Options{.cut = {160, 402}},
        FramePower::Options{.cut = {160, 516}, .n_fft = 1024}, FramePower::Options{.n_fft = 256},
        FramePower::Options{.n_fft = 500}, FramePower::Options{.cut = {0, 400}},
        FramePower::Options{.cut = {241, 400}}}) {
    EXPECT_EQ(FramePower::create(options).error().code, ErrorCode::kUsage);
  }
}

TEST(WaveformShape, EqualsTheDefinition) {
  std::vector<float> samples = noise(4000);
  samples[1000] = -0.0f;  // its sign counts
  samples[1001] = 0.0f;
  const FrameCut cut;
  PaddedClip clip;
  clip.assign(samples, 1.0f);
  const size_t num_frames = cut.num_frames(samples.size());
  testing::for_each_instruction_set([&] {
    std::vector<float> peaks(padded_frames(num_frames));
    std::vector<float> crossings(peaks.size());
    waveform_shape(clip, cut, 0, num_frames, peaks.data(), crossings.data());
    for (size_t t = 0; t < num_frames; ++t) {
      double peak = 0;
      int changes = 0;
      for (size_t n = 0; n < 400; ++n) {
        const double here = sample_of(samples, cut, t, n);
        peak = std::max(peak, std::abs(here));
        if (n > 0 && std::signbit(here) != std::signbit(sample_of(samples, cut, t, n - 1)))
          ++changes;
      }
      EXPECT_FLOAT_EQ(peaks[t], static_cast<float>(peak));
      EXPECT_FLOAT_EQ(crossings[t], static_cast<float>(changes) / 399.0f);
    }
  });
}

TEST(PaddedClip, EmphasisKeepsTheFirstSampleAndEndsWithTheClip) {
  PaddedClip clip;
  clip.assign_emphasised(std::vector<float>{2.0f, 4.0f, -1.0f}, 0.5f, 0.75f);
  ASSERT_EQ(clip.num_samples(), 3);
  EXPECT_FLOAT_EQ(clip.samples()[0], 1.0f);
  EXPECT_FLOAT_EQ(clip.samples()[1], 0.5f * (4.0f - 1.5f));
  EXPECT_FLOAT_EQ(clip.samples()[2], 0.5f * (-1.0f - 3.0f));
  EXPECT_EQ(clip.samples().data()[3], 0.0f);
  clip.assign(std::vector<float>{1.0f}, 1.0f);  // reused: nothing of before is left
  EXPECT_EQ(clip.samples().data()[1], 0.0f);
  EXPECT_EQ(clip.frame(0, 160, 4), clip.samples().data() - 2);
}

}  // namespace
}  // namespace sermo::dsp
