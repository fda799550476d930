// The spectral peaks of every frame, refined by parabolic interpolation.
//
// Equals librosa.piptrack(S=spectrogram, sr=..., fmin=..., fmax=..., threshold=...), as a list of
// peaks instead of two matrices of mostly zeros: a bin from fmin up to below fmax is a peak when it
// is larger than its lower neighbour, not smaller than its upper one, and larger than `threshold`
// times its frame's largest bin. Its place is the vertex of the parabola through the three. Every
// step has librosa's precision, so equal spectrograms give equal peaks, bit for bit.
// Thread rule: immutable; one PitchPeaksWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

struct PitchPeak {
  float frequency_hz;
  float magnitude;  // at the parabola's vertex, in the unit of the spectrogram

  bool operator==(const PitchPeak&) const = default;
};

class PitchPeaksWorkspace {
 private:
  friend class PitchPeaks;
  AlignedFloats floor_;            // what a peak of each frame must exceed
  std::vector<size_t> positions_;  // of peaks in the spectrogram's memory
  std::vector<PitchPeak> peaks_;
};

class PitchPeaks {
 public:
  struct Options {
    double sample_rate_hz = 22050.0;
    size_t n_fft = 2048;     // frame length; a spectrogram has n_fft / 2 + 1 bins
    double min_hz = 150.0;   // the lowest bin looked at is at or above this; positive
    double max_hz = 4000.0;  // the highest is below this; at most half the sample rate
    float threshold = 0.1f;  // share of a frame's largest bin that a peak must exceed
  };

  // kUsage for options that leave no bin to look at.
  static Result<PitchPeaks> create(const Options& options);

  const Options& options() const { return options_; }

  // spectrogram: magnitude or power, [n_fft / 2 + 1][frames]. The peaks, by bin, then by frame,
  // are there until the workspace is used again.
  std::span<const PitchPeak> find(const FrameMatrix& spectrogram,
                                  PitchPeaksWorkspace& workspace) const;

 private:
  PitchPeaks(const Options& options, size_t first_bin, size_t end_bin)
      : options_(options), first_bin_(first_bin), end_bin_(end_bin) {}
  PitchPeak interpolate(const FrameMatrix& spectrogram, size_t position) const;

  Options options_;
  size_t first_bin_;
  size_t end_bin_;
};

}  // namespace sermo::dsp
