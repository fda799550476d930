// The tables of the inverse real FFT that follows FFTPACK operation by operation (fftpack-inl.h).
//
// For a power of two the passes are one of radix 2, if the power is odd, and then as many of radix
// 4 as it takes. A pass turns l1 groups of radix x ido values each into radix groups of l1 x ido.
// Twiddle factors are computed in double and rounded. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::dsp {

struct FftpackPass {
  size_t radix = 0;
  size_t ido = 0;
  size_t l1 = 0;
  // [radix - 1][ido / 2][cos, sin], the angle of j * l1 * i / size turns at [j - 1][i]; i = 0
  // unused.
  std::vector<float> twiddles;
};

struct FftpackPlan {
  size_t size = 0;
  std::vector<FftpackPass> passes;
};

// kUsage unless `size` is a power of two from kMinFftSize to kMaxFftSize (fft_plan.h).
Result<FftpackPlan> make_fftpack_plan(size_t size);

}  // namespace sermo::dsp
