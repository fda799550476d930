// What the short-time spectrum of speech looks like, frame by frame: where its energy lies, how
// tilted, how flat and how changing it is.
//
// Works on pieces of a clip in order (so that a piece stays in the cache); what one frame needs of
// the one before it lies in the State. Definitions are those of reference/voice/descriptors.py,
// with P the power in a bin (above zero in each), p = P / sum(P), f the bin's frequency in Hz and
// dB = 10 log10 P; results are float32. Thread rule: immutable; a State belongs to one clip.
#pragma once

#include <array>
#include <cstddef>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class SpectralProfile {
 public:
  // The rows of a profile.
  enum Row : size_t {
    kCentroid,        // Hz, sum(p f)
    kSpread,          // Hz, sqrt(sum(p (f - centroid)^2))
    kSkewness,        // sum(p (f - centroid)^3) / (spread^3 + 1e-6)
    kRolloff25,       // Hz, the first bin at which the sum of p reaches a quarter
    kRolloff50,       //
    kRolloff75,       //
    kRolloff90,       //
    kEntropy,         // -sum(p ln p)
    kFlatness,        // mean(ln P) - ln mean(P)
    kFlux,            // |sqrt(p) - sqrt(p of the frame before)|, 0 in the first frame
    kAlphaRatio,      // ln of the power in 50-1000 Hz over that in 1000-5000 Hz
    kHammarberg,      // dB, strongest bin below 2 kHz less strongest in 2-5 kHz
    kSlopeLow,        // dB per kHz, least squares over 0-500 Hz
    kSlopeMiddle,     // the same over 500-1500 Hz
    kBand250To650,    // ln of the power in 250-650 Hz over that of all
    kBand1000To4000,  //
    kBand4000To8000,  //
    kBand50To250,     //
    kEnergy,          // ln sum(P)
    kStrongest3kHz,   // dB, strongest bin between 2.5 and 3.5 kHz: about the third formant
    kNumRows
  };

  struct Options {
    double sample_rate_hz = 16000;
    size_t n_fft = 512;
  };

  class State {
   public:
    // Before the first frame of a clip.
    void reset() { num_frames_ = 0; }

   private:
    friend class SpectralProfile;
    size_t num_frames_ = 0;   // so far
    size_t last_column_ = 0;  // of roots_: the newest frame
    FrameMatrix roots_;       // sqrt(p) of a piece from column kFramePadding on
  };

  // kUsage unless the spectrum reaches 8 kHz and n_fft is a multiple of two.
  static Result<SpectralProfile> create(const Options& options);

  // power: [n_fft / 2 + 1][frames], the next frames of the clip. Resizes `log_power` (ln P) to the
  // same shape and `rows` to [kNumRows][frames]. No piece is longer than a clip's first.
  void apply(const FrameMatrix& power, State& state, FrameMatrix& log_power,
             FrameMatrix& rows) const;

  // The bins of a band of frequencies.
  struct Bins {
    size_t first = 0;
    size_t end = 0;
  };
  struct Slope {
    Bins bins;
    float first_offset = 0;  // first bin less the middle of the bins
    float per_step = 0;      // dB per kHz for a sum over bins of (bin - middle) ln P
  };
  struct Layout {
    size_t num_bins = 0;
    float hz_per_bin = 0;
    Bins low_1000, middle_1000, below_2000, below_5000, third_formant;
    std::array<Bins, 4> bands;
    std::array<Slope, 2> slopes;
  };

 private:
  explicit SpectralProfile(const Options& options);
  Layout layout_;
};

}  // namespace sermo::dsp
