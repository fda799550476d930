#include "sermo/dsp/spectral_contrast.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "feature_goldens.h"
#include "frame_matrices.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {
namespace {

constexpr double kToleranceDb = 5e-5;  // differences of levels up to 100 dB in float32

// The definition, after the bands are known: sort, average both ends, levels with their floors.
std::vector<std::vector<double>> slow_contrast(const std::vector<SpectralContrast::Band>& bands,
                                               const FrameMatrix& magnitude) {
  std::vector<std::vector<double>> peaks;
  std::vector<std::vector<double>> valleys;
  for (const auto& band : bands) {
    std::vector<double> peak;
    std::vector<double> valley;
    for (size_t f = 0; f < magnitude.num_frames(); ++f) {
      std::vector<double> values;
      for (size_t k = 0; k < band.num_bins; ++k) values.push_back(magnitude(band.first_bin + k, f));
      std::sort(values.begin(), values.end());
      double low = 0;
      double high = 0;
      for (size_t i = 0; i < band.num_extremes; ++i) {
        low += values[i] / static_cast<double>(band.num_extremes);
        high += values[values.size() - 1 - i] / static_cast<double>(band.num_extremes);
      }
      valley.push_back(10 * std::log10(std::max(1e-10, low)));
      peak.push_back(10 * std::log10(std::max(1e-10, high)));
    }
    peaks.push_back(peak);
    valleys.push_back(valley);
  }
  const auto raise = [](std::vector<std::vector<double>>& levels) {
    double top = -100;
    for (const auto& row : levels) top = std::max(top, *std::max_element(row.begin(), row.end()));
    for (auto& row : levels) {
      for (double& level : row) level = std::max(level, top - 80);
    }
  };
  raise(peaks);
  raise(valleys);
  for (size_t b = 0; b < peaks.size(); ++b) {
    for (size_t f = 0; f < peaks[b].size(); ++f) peaks[b][f] -= valleys[b][f];
  }
  return peaks;
}

TEST(SpectralContrast, EqualsTheDefinition) {
  for (const SpectralContrast::Options& options :
       {SpectralContrast::Options{}, SpectralContrast::Options{.quantile = 0.03},
        SpectralContrast::Options{.sample_rate_hz = 44100, .n_fft = 4096, .quantile = 0.01},
        SpectralContrast::Options{.sample_rate_hz = 16000, .n_fft = 512, .num_octaves = 4}}) {
    const SpectralContrast stage = *SpectralContrast::create(options);
    for (const size_t num_frames : {1, 17, 40}) {
      const FrameMatrix magnitude =
          testing::random_magnitudes(options.n_fft / 2 + 1, num_frames, 6);
      SpectralContrast::Workspace workspace;
      FrameMatrix contrast;
      stage.apply(magnitude, contrast, workspace);
      const auto want = slow_contrast(stage.bands(), magnitude);
      ASSERT_EQ(contrast.num_rows(), options.num_octaves + 1);
      for (size_t b = 0; b < want.size(); ++b) {
        for (size_t f = 0; f < num_frames; ++f) {
          ASSERT_NEAR(contrast(b, f), want[b][f], kToleranceDb) << b << " " << f;
        }
      }
    }
  }
}

TEST(SpectralContrast, EqualsLibrosaOnEveryClip) {
  const Stft stft = *Stft::create({});
  const SpectralContrast stage = *SpectralContrast::create({});
  StftWorkspace stft_workspace;
  SpectralContrast::Workspace workspace;
  Spectrum spectrum;
  FrameMatrix magnitude;
  FrameMatrix contrast;
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    stft.transform(golden.samples(), spectrum, magnitude, stft_workspace);
    stage.apply(magnitude, contrast, workspace);
    EXPECT_LT(testing::largest_error_of_range(contrast, golden.frames("contrast")), 1e-4);
  }
}

// The counts follow from librosa's rule by hand: bins of 10.77 Hz, octaves from 200 Hz.
TEST(SpectralContrast, BandsAreLibrosas) {
  const std::vector<SpectralContrast::Band> bands = SpectralContrast::create({})->bands();
  ASSERT_EQ(bands.size(), 7);
  EXPECT_EQ(bands[0].first_bin, 0);  // up to 193.8 Hz, less the uppermost
  EXPECT_EQ(bands[0].num_bins, 18);
  EXPECT_EQ(bands[1].first_bin, 18);   // one below 204.6 Hz
  EXPECT_EQ(bands[6].first_bin, 594);  // one below 6406.1 Hz
  EXPECT_EQ(bands[6].num_bins, 431);   // up to 11,025 Hz, the uppermost included
  EXPECT_EQ(bands[0].num_extremes, 1);
  EXPECT_EQ(bands[6].num_extremes, 9);  // .02 x 431 = 8.62
}

TEST(SpectralContrast, RefusesBandsThatDoNotFit) {
  EXPECT_EQ(SpectralContrast::create({.sample_rate_hz = 8000}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(SpectralContrast::create({.quantile = 0.2}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(SpectralContrast::create({.n_fft = 64}).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sermo::dsp
