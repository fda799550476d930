#include "sermo/dsp/pitch_peaks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "sermo/dsp/stft.h"
#include "tonal_goldens.h"

namespace sermo::dsp {
namespace {

PitchPeaks default_peaks() { return *PitchPeaks::create({}); }

FrameMatrix silence(size_t num_frames) {
  FrameMatrix spectrogram(1025, num_frames);
  std::fill(spectrogram.data(), spectrogram.data() + 1025 * spectrogram.stride(), 0.0f);
  return spectrogram;
}

TEST(PitchPeaks, EqualLibrosaBitForBit) {
  const sermo::testing::TonalGoldens goldens;
  const std::vector<float> values = goldens.floats("peaks_spectrogram");
  const size_t num_frames = goldens.shape("peaks_spectrogram")[1];
  FrameMatrix spectrogram(1025, num_frames);
  for (size_t k = 0; k < 1025; ++k)
    for (size_t f = 0; f < num_frames; ++f) spectrogram(k, f) = values[k * num_frames + f];
  const std::vector<float> hz = goldens.floats("peaks_hz");
  const std::vector<float> magnitude = goldens.floats("peaks_magnitude");

  PitchPeaksWorkspace workspace;
  const std::span<const PitchPeak> peaks = default_peaks().find(spectrogram, workspace);
  ASSERT_EQ(peaks.size(), hz.size());
  for (size_t i = 0; i < peaks.size(); ++i) {
    EXPECT_EQ(peaks[i].frequency_hz, hz[i]) << i;
    EXPECT_EQ(peaks[i].magnitude, magnitude[i]) << i;
  }
}

// A parabola through three bins has its vertex and its height back.
TEST(PitchPeaks, FindTheVertexOfAParabola) {
  FrameMatrix spectrogram = silence(3);
  const double place = 100.3;
  for (size_t k = 98; k <= 102; ++k) {
    const double off = static_cast<double>(k) - place;
    spectrogram(k, 1) = static_cast<float>(10.0 - off * off);
  }
  PitchPeaksWorkspace workspace;
  const std::span<const PitchPeak> peaks = default_peaks().find(spectrogram, workspace);
  ASSERT_EQ(peaks.size(), 1u);
  EXPECT_NEAR(peaks[0].frequency_hz, place * 22050 / 2048, 1e-3);  // float32 at 1,080 Hz: 6e-5
  EXPECT_NEAR(peaks[0].magnitude, 10.0, 1e-5);
}

TEST(PitchPeaks, APlateauCountsOnceAtItsLowerEnd) {
  FrameMatrix spectrogram = silence(1);
  spectrogram(200, 0) = spectrogram(201, 0) = 1.0f;
  PitchPeaksWorkspace workspace;
  const std::span<const PitchPeak> peaks = default_peaks().find(spectrogram, workspace);
  ASSERT_EQ(peaks.size(), 1u);
  EXPECT_FLOAT_EQ(peaks[0].frequency_hz, 200.5f * 22050.0f / 2048.0f);
}

// Bins 14 to 371 are those from 150 to below 4,000 Hz.
TEST(PitchPeaks, LookOnlyWithinTheRangeAndAboveTheThreshold) {
  const auto num_peaks_at = [](size_t bin, float value) {
    FrameMatrix spectrogram = silence(2);
    spectrogram(1000, 0) = 1.0f;  // out of range, but the frame's largest
    spectrogram(bin, 0) = value;
    PitchPeaksWorkspace workspace;
    return default_peaks().find(spectrogram, workspace).size();
  };
  EXPECT_EQ(num_peaks_at(13, 0.5f), 0u);
  EXPECT_EQ(num_peaks_at(14, 0.5f), 1u);
  EXPECT_EQ(num_peaks_at(371, 0.5f), 1u);
  EXPECT_EQ(num_peaks_at(372, 0.5f), 0u);
  EXPECT_EQ(num_peaks_at(100, 0.1f), 0u);
  EXPECT_EQ(num_peaks_at(100, std::nextafter(0.1f, 1.0f)), 1u);
}

TEST(PitchPeaks, AToneHasItsFrequency) {
  std::vector<float> samples(22050);
  for (size_t n = 0; n < samples.size(); ++n)
    samples[n] = static_cast<float>(
        std::sin(2.0 * std::numbers::pi * 443.21 * static_cast<double>(n) / 22050.0));
  Spectrum spectrum;
  FrameMatrix magnitude;
  StftWorkspace stft_workspace;
  Stft::create({})->transform(samples, spectrum, magnitude, stft_workspace);
  PitchPeaksWorkspace workspace;
  size_t num_peaks = 0;
  for (const PitchPeak& peak : default_peaks().find(magnitude, workspace)) {
    if (peak.magnitude < 400.0f) continue;        // the first and last frames hold half a tone
    EXPECT_NEAR(peak.frequency_hz, 443.21, 0.7);  // the parabola's bias for a Hann window
    ++num_peaks;
  }
  EXPECT_GT(num_peaks, 35u);
}

TEST(PitchPeaks, SilenceAndEmptinessHaveNone) {
  PitchPeaksWorkspace workspace;
  EXPECT_EQ(default_peaks().find(silence(20), workspace).size(), 0u);
  EXPECT_EQ(default_peaks().find(silence(0), workspace).size(), 0u);
}

TEST(PitchPeaks, ImpossibleRangesAreRefused) {
  for (const auto& [min_hz, max_hz] : {std::pair{0.0, 100.0}, {500.0, 500.0}, {100.0, 11026.0}}) {
    const auto peaks = PitchPeaks::create({.min_hz = min_hz, .max_hz = max_hz});
    ASSERT_FALSE(peaks.has_value());
    EXPECT_EQ(peaks.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::dsp
