// Complex numbers of several frames at once, one lane a frame.
#if defined(SERMO_DSP_COMPLEX_POINTS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_COMPLEX_POINTS_INL_H_
#undef SERMO_DSP_COMPLEX_POINTS_INL_H_
#else
#define SERMO_DSP_COMPLEX_POINTS_INL_H_
#endif

#include <cstddef>

#include "sermo/dsp/frame_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// (re, im) times the number at `twiddle`.
HWY_INLINE void rotate(D d, const float* twiddle, V& re, V& im) {
  const V wr = hn::Set(d, twiddle[0]);
  const V wi = hn::Set(d, twiddle[1]);
  const V rotated = hn::NegMulAdd(im, wi, hn::Mul(re, wr));
  im = hn::MulAdd(im, wr, hn::Mul(re, wi));
  re = rotated;
}

// Complex points in scratch memory: point n is one vector of real parts, one of imaginary parts.
struct Points {
  float* data;
  HWY_INLINE void load(D d, size_t n, V& re, V& im) const {
    re = hn::Load(d, data + 2 * n * hn::Lanes(d));
    im = hn::Load(d, data + (2 * n + 1) * hn::Lanes(d));
  }
  HWY_INLINE void store(D d, size_t n, V re, V im) const {
    hn::Store(re, d, data + 2 * n * hn::Lanes(d));
    hn::Store(im, d, data + (2 * n + 1) * hn::Lanes(d));
  }
};

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
