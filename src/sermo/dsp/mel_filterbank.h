// Power spectrum -> power in mel bands.
//
// Triangles between neighbouring points of a mel scale. With the defaults equals
// librosa.feature.melspectrogram(S=power): Slaney's scale (linear below 1 kHz, logarithmic above)
// from 0 Hz to half the rate, each triangle scaled by 2 / its width in Hz. Input
// [n_fft / 2 + 1][frames], output [num_mels][frames], float32. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// Slaney's mel scale, as librosa.hz_to_mel and mel_to_hz with htk=False.
double hz_to_mel(double frequency_hz);
double mel_to_hz(double mel);

enum class MelScale {
  kSlaney,
  kHtk,  // 2595 log10(1 + f / 700)
};

enum class MelHeight {
  kUnitArea,  // a triangle's peak is 2 / its width in Hz
  kUnitPeak,  // a triangle's peak is 1
};

class MelFilterbank {
 public:
  struct Options {
    double sample_rate_hz = 22050;
    size_t n_fft = 2048;
    size_t num_mels = 128;
    MelScale scale = MelScale::kSlaney;
    MelHeight height = MelHeight::kUnitArea;
    double lowest_hz = 0;   // where the first triangle starts
    double highest_hz = 0;  // where the last one ends; 0: half the rate
  };

  // kUsage when the rate, n_fft or num_mels is zero or negative, or the range is empty or reaches
  // beyond half the rate.
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
  // segment_starts_[s + 1]; there are num_mels + 1 segments. Bins outside them have no weight.
  std::vector<size_t> segment_starts_;
  std::vector<BinWeights> weights_;  // by bin
};

}  // namespace sermo::dsp
