// The tables of a real FFT of one size: how it is divided, and its twiddle factors.
//
// A real transform of `size` points is a complex one of half = size / 2 points (even samples as
// real parts, odd ones as imaginary parts) and a last step that separates the two. The complex one
// is divided as half = columns x rows, so that each short transform fits in the first-level cache
// even with sixteen frames side by side (the "four-step" division of Bailey, 1990), and a short
// transform runs in two or three Stockham passes of radix 2, 4 or 8. All factors are computed
// in double and rounded once. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::dsp {

inline constexpr size_t kMinFftSize = 32;
inline constexpr size_t kMaxFftSize = 32768;

// A complex transform of 4 to 128 points.
struct ShortFftPlan {
  size_t size = 0;
  size_t first_radix = 0;
  size_t middle_radix = 0;  // 0: two passes are enough
  size_t last_radix = 0;
  std::vector<float> first_twiddles;   // [size / first][first - 1][re, im]
  std::vector<float> middle_twiddles;  // [last][middle - 1][re, im]
};

struct RealFftPlan {
  size_t size = 0;  // real samples
  size_t half = 0;  // complex points, columns.size * rows.size
  ShortFftPlan columns;
  ShortFftPlan rows;
  std::vector<float> cross_twiddles;  // [rows.size][columns.size][re, im]: exp(-2 pi i n k / half)
  std::vector<float> real_twiddles;   // [half / 2 + 1][re, im]: exp(-2 pi i k / size) / 2

  size_t num_bins() const { return half + 1; }
  // Floats of scratch memory that one transform of a vector of frames needs.
  size_t num_scratch_floats() const;
};

// kUsage unless `size` is a power of two from kMinFftSize to kMaxFftSize.
Result<RealFftPlan> make_real_fft_plan(size_t size);

}  // namespace sermo::dsp
