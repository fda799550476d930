// The discrete Fourier transform of any length, by Bluestein's algorithm (1970).
//
// Equals the first bins of numpy.fft.rfft along time for many series at once, in float32: an error
// of about 1e-6 of a series' root mean square bin. For lengths that are no power of two; a length n
// takes O(n log n). Vectorised across series. Thread rule: a ChirpZ belongs to one thread at a
// time; it keeps the tables of the last length and its memory.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class ChirpZ {
 public:
  // series: [length][num_series], row t holding value t of every series. Resizes `spectrum` to
  // [num_bins][num_series]; 1 <= num_bins <= length.
  void transform(const FrameMatrix& series, size_t num_bins, Spectrum& spectrum);

 private:
  void prepare(size_t length, size_t num_bins);

  size_t length_ = 0;
  size_t num_bins_ = 0;
  size_t size_ = 0;              // of the transforms: a power of two, >= length + num_bins - 1
  std::vector<float> chirp_;     // [length][re, im]: exp(-i pi n^2 / length)
  std::vector<float> filter_;    // [size][re, im]: the conjugate chirp's spectrum over size
  std::vector<float> twiddles_;  // [size / 2][re, im]: exp(-2 pi i k / size)
  AlignedFloats points_;
};

}  // namespace sermo::dsp
