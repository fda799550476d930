// One octave of constant-Q filters as a sparse matrix over an FFT's bins.
//
// Each filter is a complex tone under a periodic Hann window that lasts the same number of cycles
// whatever its pitch: Q = (2^(2/b) + 1) / (2^(2/b) - 1) cycles for b filters an octave. It is
// scaled to absolute sum one, times length / n_fft, centred in a frame of n_fft samples (the power
// of two that holds the longest), transformed, and freed of the smallest values that make up less
// than 1 % of its absolute sum. Equals the basis that librosa.cqt builds for its highest octave
// with norm=1, sparsity=0.01, window='hann', each row divided by the square root of its filter's
// length (librosa's scale=True). Below its highest octave librosa halves the sample rate octave by
// octave, and so has the same filters again. Thread rule: immutable; one ConstantQBasisWorkspace
// belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// Row r holds the entries row_starts[r] to row_starts[r + 1] - 1, by ascending bin. All bins lie in
// [first_bin, end_bin).
struct ConstantQBasis {
  struct Entry {
    uint32_t bin;
    float re;
    float im;
  };
  std::vector<size_t> row_starts;
  std::vector<Entry> entries;
  size_t first_bin = 0;
  size_t end_bin = 0;

  size_t num_rows() const { return row_starts.empty() ? 0 : row_starts.size() - 1; }
};

class ConstantQBasisWorkspace {
 private:
  friend class ConstantQBasisBuilder;
  FrameMatrix filters_;
  Spectrum spectrum_;
  FftWorkspace fft_;
  std::vector<float> re_, im_, magnitudes_;  // [rows][bins]
  std::vector<float> candidates_;
};

class ConstantQBasisBuilder {
 public:
  struct Options {
    double sample_rate_hz = 22050.0;
    double octave_hz = 32.703195662574829 * 64.0;  // the octave's lowest filter, in tune: C7
    int bins_per_octave = 36;
  };

  // kUsage for options whose filters reach above half the sample rate, for any tuning below half a
  // bin, or are longer than the largest FFT.
  static Result<ConstantQBasisBuilder> create(const Options& options);

  const Options& options() const { return options_; }
  size_t n_fft() const { return fft_.size(); }

  // The filters moved up by `tuning` bins, in [-0.5, 0.5).
  ConstantQBasis build(double tuning, ConstantQBasisWorkspace& workspace) const;

 private:
  ConstantQBasisBuilder(const Options& options, RealFft fft)
      : options_(options), fft_(std::move(fft)) {}

  Options options_;
  RealFft fft_;
};

}  // namespace sermo::dsp
