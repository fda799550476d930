// How far the peaks of each octave band stand above its valleys, in decibels.
//
// Equals librosa.feature.spectral_contrast(S=magnitude, fmin=200, n_bands=6, quantile=0.02): the
// bins below 200 Hz and six octaves above (the last up to half the rate); in each, the mean of the
// largest fiftieth of the magnitudes (at least one) and of the smallest, both through power_to_db
// (decibel.h, so each with its own floor of 80 dB below the clip's largest), subtracted. Input
// [n_fft / 2 + 1][frames] magnitudes, output [num_bands + 1][frames], float32. Thread rule:
// immutable; one workspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class SpectralContrast {
 public:
  struct Options {
    double sample_rate_hz = 22050;
    size_t n_fft = 2048;
    double min_frequency_hz = 200;  // the upper end of the first band
    size_t num_octaves = 6;         // bands above it
    double quantile = 0.02;  // share of a band's bins that count as its peaks, as its valleys
  };

  struct Workspace {
    FrameMatrix peaks;
    FrameMatrix valleys;
  };

  // The bins of one band, and how many of them are averaged at either end.
  struct Band {
    size_t first_bin = 0;
    size_t num_bins = 0;
    size_t num_extremes = 0;
  };
  static constexpr size_t kMaxExtremes = 16;

  // kUsage when a band would start beyond half the rate, or its quantile be more than kMaxExtremes.
  static Result<SpectralContrast> create(const Options& options);

  const std::vector<Band>& bands() const { return bands_; }

  // Resizes `contrast` to [num_octaves + 1][frames].
  void apply(const FrameMatrix& magnitude, FrameMatrix& contrast, Workspace& workspace) const;

 private:
  SpectralContrast(size_t num_spectrum_bins, std::vector<Band> bands)
      : num_spectrum_bins_(num_spectrum_bins), bands_(std::move(bands)) {}
  size_t num_spectrum_bins_;
  std::vector<Band> bands_;
};

}  // namespace sermo::dsp
