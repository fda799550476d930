// Linear convolution by FFT: filters of any length over recordings of any length.
//
// Equals numpy.convolve(signal, kernel) (a slice of it), in float32: an error of about 1e-6 of the
// output's root mean square. Overlap-save: the signal is cut into frames that overlap by the
// kernel, which one call of the FFT transforms side by side. Thread rule: a Convolver belongs to
// one thread at a time; it keeps the tables of the transforms that it has used and its memory.
#pragma once

#include <cstddef>
#include <map>
#include <span>

#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class Convolver {
 public:
  // out[i] = the full convolution at first + i: sum over k of kernel[k] * signal[first + i - k],
  // zeros outside the signal. `kernel` is not empty; `out` must not lie in `signal`. With first =
  // (kernel.size() - 1) / 2 and as many values as the signal, a symmetric kernel delays nothing
  // (numpy's mode "same").
  void convolve(std::span<const float> signal, std::span<const float> kernel, size_t first,
                std::span<float> out);

 private:
  void add_piece(std::span<const float> signal, std::span<const float> piece, ptrdiff_t first,
                 std::span<float> out);
  const RealFft& transform_of(size_t size);

  std::map<size_t, RealFft> transforms_;
  FftWorkspace workspace_;
  FrameMatrix frames_;
  Spectrum spectrum_;
};

}  // namespace sermo::dsp
