// The tables of the real FFT that follows FFTPACK operation by operation (fftpack-inl.h).
//
// For a power of two the passes are one of radix 2, if the power is odd, and then as many of radix
// 4 as it takes. Pass p handles l1 groups (the product of the radices before it) of radix x ido
// values. Twiddle factors are computed in double as SciPy's pocketfft does, bit for bit. T is float
// or double. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::dsp {

template <typename T>
struct FftpackPass {
  size_t radix = 0;
  size_t ido = 0;
  size_t l1 = 0;
  // [radix - 1][ido / 2][cos, sin], at [j - 1][i] of j * l1 * i / size turns; i = 0 is not used.
  std::vector<T> twiddles;
};

template <typename T>
struct FftpackPlan {
  size_t size = 0;
  std::vector<FftpackPass<T>> passes;

  // Values of scratch memory that one transform of a vector of frames needs.
  size_t num_scratch_values() const;
};

// kUsage unless `size` is a power of two from kMinFftSize to kMaxFftSize (fft_plan.h).
template <typename T>
Result<FftpackPlan<T>> make_fftpack_plan(size_t size);

extern template struct FftpackPlan<float>;
extern template struct FftpackPlan<double>;
extern template Result<FftpackPlan<float>> make_fftpack_plan<float>(size_t size);
extern template Result<FftpackPlan<double>> make_fftpack_plan<double>(size_t size);

}  // namespace sermo::dsp
