// The weights that turn a power spectrum into twelve pitch classes.
//
// Equals librosa.filters.chroma(sr=..., n_fft=..., tuning=..., n_chroma=12, ctroct=5, octwidth=2,
// norm=2, base_c=True): a Gaussian bump around each pitch of a class, one semitone wide or as wide
// as a bin where bins are wider, each bin's twelve weights of length one, times a Gaussian over
// octaves around the fifth. Computed in double and rounded once. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::dsp {

inline constexpr size_t kNumChroma = 12;  // C, C sharp, ..., B

class ChromaFilterbank {
 public:
  struct Options {
    double sample_rate_hz = 22050.0;
    size_t n_fft = 2048;  // frame length: even; a spectrum has n_fft / 2 + 1 bins
  };

  // kUsage for a rate that is not positive or a frame length that is odd or below 4.
  static Result<ChromaFilterbank> create(const Options& options);

  size_t num_bins() const { return bins_.size(); }

  // Writes weights[k * kNumChroma + c], the share of bin k in class c, for pitches `tuning`
  // semitones above concert pitch. `weights` holds num_bins() * kNumChroma floats.
  void weights(double tuning, std::span<float> weights) const;

 private:
  struct Bin {
    double semitones;  // above A0
    double width;      // semitones to the next bin, at least one
  };
  explicit ChromaFilterbank(std::vector<Bin> bins) : bins_(std::move(bins)) {}

  std::vector<Bin> bins_;
};

}  // namespace sermo::dsp
