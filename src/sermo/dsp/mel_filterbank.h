// Power spectrum -> power in mel bands.
//
// Equals librosa.feature.melspectrogram(S=power): triangles between
// neighbouring points of Slaney's mel scale (linear below 1 kHz, logarithmic above) from 0 Hz to
// half the rate, each scaled by 2 / its width in Hz. Input [n_fft / 2 + 1][frames], output
// [num_mels][frames], float32. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// Slaney's mel scale, as librosa.hz_to_mel and mel_to_hz with htk=False.
double hz_to_mel(double frequency_hz);
double mel_to_hz(double mel);

class MelFilterbank {
 public:
  struct Options {
    double sample_rate_hz = 22050;
    size_t n_fft = 2048;
    size_t num_mels = 128;
  };

  // kUsage when a value is zero or negative.
  static Result<MelFilterbank> create(const Options& options);

  size_t num_mels() const { return options_.num_mels; }

  // Resizes `mel` to [num_mels][frames].
  void apply(const FrameMatrix& power, FrameMatrix& mel) const;

  // A bin lies between two neighbouring points of the scale, so it is on the rising side of one
  // band and on the falling side of the band before; all other weights are zero.
  struct BinWeights {
    float falling;  // for band `segment - 1`
    float rising;   // for band `segment`
  };

 private:
  explicit MelFilterbank(const Options& options);

  Options options_;
  // The bins of segment s, between points s and s + 1 of the scale, are segment_starts_[s] up to
  // segment_starts_[s + 1]; there are num_mels + 1 segments.
  std::vector<size_t> segment_starts_;
  std::vector<BinWeights> weights_;  // by bin
};

}  // namespace sermo::dsp
