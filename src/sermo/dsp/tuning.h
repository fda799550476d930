// How far a clip is tuned from concert pitch (A4 = 440 Hz), as a fraction of a bin of its scale.
//
// pitch_tuning equals librosa.pitch_tuning(frequencies, resolution=0.01, bins_per_octave=...): the
// lower edge of the fullest of 100 bins over the deviations from the nearest pitch, the first of
// several equally full ones. TuningEstimator equals librosa.estimate_tuning(S=spectrogram, ...):
// the tuning of those peaks (pitch_peaks.h) that are at least as large as the median peak. A
// spectrogram may hold magnitudes or powers; the two give different answers, and librosa uses both.
//
// The result is one of the 100 values -0.5, -0.49, ..., 0.49, and 0 when there is
// no peak. Thread rule: immutable; one TuningWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/pitch_peaks.h"

namespace sermo::dsp {

inline constexpr size_t kNumTunings = 100;

// Tuning i of the 100, with the rounding of numpy.linspace(-0.5, 0.5, 101)[i].
double tuning_value(size_t i);

// frequencies_hz: positive.
double pitch_tuning(std::span<const float> frequencies_hz, int bins_per_octave);

class TuningWorkspace {
 private:
  friend class TuningEstimator;
  PitchPeaksWorkspace peaks_;
  std::vector<float> magnitudes_;
  std::vector<float> frequencies_hz_;
};

class TuningEstimator {
 public:
  struct Options {
    PitchPeaks::Options peaks;
    int bins_per_octave = 12;  // the scale whose bins the result is a fraction of
  };

  // kUsage for options that PitchPeaks refuses or a scale without bins.
  static Result<TuningEstimator> create(const Options& options);

  // spectrogram: [n_fft / 2 + 1][frames].
  double estimate(const FrameMatrix& spectrogram, TuningWorkspace& workspace) const;

 private:
  TuningEstimator(PitchPeaks peaks, int bins_per_octave)
      : peaks_(std::move(peaks)), bins_per_octave_(bins_per_octave) {}

  PitchPeaks peaks_;
  int bins_per_octave_;
};

}  // namespace sermo::dsp
