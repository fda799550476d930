// The inverse FFT of a real signal in the order of operations of FFTPACK (Swarztrauber, 1982),
// which SciPy follows: scipy.fft.irfft in float32 gives the same bits. Only for results that hang
// on their last bits; fft-inl.h is faster.
//
// One lane is one frame. A file that includes this is compiled with -ffp-contract=off, since a
// fused multiply-add rounds once where SciPy rounds twice.
#if defined(SERMO_DSP_FFTPACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_FFTPACK_INL_H_
#undef SERMO_DSP_FFTPACK_INL_H_
#else
#define SERMO_DSP_FFTPACK_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <utility>

#include "sermo/dsp/fftpack_plan.h"
#include "sermo/dsp/frame_matrix.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace fftpack {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kFramePadding>;
using V = hn::Vec<D>;

// Values in scratch memory, one vector each.
struct Values {
  float* data;
  HWY_INLINE V load(D d, size_t i) const { return hn::Load(d, data + i * hn::Lanes(d)); }
  HWY_INLINE void store(D d, size_t i, V value) const {
    hn::Store(value, d, data + i * hn::Lanes(d));
  }
};

// A value of radix r's input: within a group, value `a` of part `b` of group `k` of l1.
template <size_t kRadix>
struct PassInput {
  Values values;
  size_t ido;
  HWY_INLINE V operator()(D d, size_t a, size_t b, size_t k) const {
    return values.load(d, a + ido * (b + kRadix * k));
  }
};
// And of its output: value `a` of group `k` of part `j`.
struct PassOutput {
  Values values;
  size_t ido, l1;
  HWY_INLINE void operator()(D d, size_t a, size_t k, size_t j, V value) const {
    values.store(d, a + ido * (k + l1 * j), value);
  }
};

// (re, im) times the factor at `twiddle`.
HWY_INLINE void rotate(D d, const float* twiddle, V& re, V& im) {
  const V c = hn::Set(d, twiddle[0]);
  const V s = hn::Set(d, twiddle[1]);
  const V turned_im = hn::Add(hn::Mul(c, im), hn::Mul(s, re));
  re = hn::Sub(hn::Mul(c, re), hn::Mul(s, im));
  im = turned_im;
}

HWY_INLINE void pass2(D d, const FftpackPass& pass, Values from, Values to) {
  const size_t ido = pass.ido;
  const PassInput<2> in{from, ido};
  const PassOutput out{to, ido, pass.l1};
  for (size_t k = 0; k < pass.l1; ++k) {
    const V first = in(d, 0, 0, k);
    const V last = in(d, ido - 1, 1, k);
    out(d, 0, k, 0, hn::Add(first, last));
    out(d, 0, k, 1, hn::Sub(first, last));
    if (ido % 2 == 0) {
      out(d, ido - 1, k, 0, hn::Mul(hn::Set(d, 2.0f), in(d, ido - 1, 0, k)));
      out(d, ido - 1, k, 1, hn::Mul(hn::Set(d, -2.0f), in(d, 0, 1, k)));
    }
    for (size_t i = 2; i < ido; i += 2) {
      const size_t ic = ido - i;
      const V ar = in(d, i - 1, 0, k), ai = in(d, i, 0, k);
      const V br = in(d, ic - 1, 1, k), bi = in(d, ic, 1, k);
      out(d, i - 1, k, 0, hn::Add(ar, br));
      out(d, i, k, 0, hn::Sub(ai, bi));
      V re = hn::Sub(ar, br);
      V im = hn::Add(ai, bi);
      rotate(d, pass.twiddles.data() + i, re, im);
      out(d, i - 1, k, 1, re);
      out(d, i, k, 1, im);
    }
  }
}

HWY_INLINE void pass4(D d, const FftpackPass& pass, Values from, Values to) {
  const size_t ido = pass.ido;
  const PassInput<4> in{from, ido};
  const PassOutput out{to, ido, pass.l1};
  const V sqrt2 = hn::Set(d, 1.41421356237309504880f);
  const V minus_sqrt2 = hn::Set(d, -1.41421356237309504880f);
  for (size_t k = 0; k < pass.l1; ++k) {
    {
      const V first = in(d, 0, 0, k), last = in(d, ido - 1, 3, k);
      const V middle_re = in(d, ido - 1, 1, k), middle_im = in(d, 0, 2, k);
      const V sum = hn::Add(first, last);
      const V difference = hn::Sub(first, last);
      const V twice_re = hn::Add(middle_re, middle_re);
      const V twice_im = hn::Add(middle_im, middle_im);
      out(d, 0, k, 0, hn::Add(sum, twice_re));
      out(d, 0, k, 2, hn::Sub(sum, twice_re));
      out(d, 0, k, 3, hn::Add(difference, twice_im));
      out(d, 0, k, 1, hn::Sub(difference, twice_im));
    }
    if (ido % 2 == 0) {
      const V ar = in(d, ido - 1, 0, k), br = in(d, ido - 1, 2, k);
      const V ai = in(d, 0, 3, k), bi = in(d, 0, 1, k);
      const V im_sum = hn::Add(ai, bi), im_difference = hn::Sub(ai, bi);
      const V re_sum = hn::Add(ar, br), re_difference = hn::Sub(ar, br);
      out(d, ido - 1, k, 0, hn::Add(re_sum, re_sum));
      out(d, ido - 1, k, 1, hn::Mul(sqrt2, hn::Sub(re_difference, im_sum)));
      out(d, ido - 1, k, 2, hn::Add(im_difference, im_difference));
      out(d, ido - 1, k, 3, hn::Mul(minus_sqrt2, hn::Add(re_difference, im_sum)));
    }
    for (size_t i = 2; i < ido; i += 2) {
      const size_t ic = ido - i;
      const V ar = in(d, i - 1, 0, k), ai = in(d, i, 0, k);
      const V br = in(d, ic - 1, 3, k), bi = in(d, ic, 3, k);
      const V cr = in(d, i - 1, 2, k), ci = in(d, i, 2, k);
      const V er = in(d, ic - 1, 1, k), ei = in(d, ic, 1, k);
      const V r2 = hn::Add(ar, br), r1 = hn::Sub(ar, br);
      const V i1 = hn::Add(ai, bi), i2 = hn::Sub(ai, bi);
      const V r4 = hn::Add(ci, ei), i3 = hn::Sub(ci, ei);
      const V r3 = hn::Add(cr, er), i4 = hn::Sub(cr, er);
      out(d, i - 1, k, 0, hn::Add(r2, r3));
      out(d, i, k, 0, hn::Add(i2, i3));
      V re[3] = {hn::Sub(r1, r4), hn::Sub(r2, r3), hn::Add(r1, r4)};
      V im[3] = {hn::Add(i1, i4), hn::Sub(i2, i3), hn::Sub(i1, i4)};
      for (size_t j = 0; j < 3; ++j) {
        rotate(d, pass.twiddles.data() + j * ido + i, re[j], im[j]);
        out(d, i - 1, k, j + 1, re[j]);
        out(d, i, k, j + 1, im[j]);
      }
    }
  }
}

// The inverse transform of one vector of frames, times size: load(k, re, im) gives bin k, 0 <= k <=
// size / 2, where the imaginary parts of the first and last are not looked at. `scratch` has room
// for 2 * size vectors; returns where in it the size samples are.
template <class Load>
HWY_INLINE const float* inverse_real_fft(D d, const FftpackPlan& plan, const Load& load,
                                         float* scratch) {
  Values from{scratch};
  Values to{scratch + plan.size * hn::Lanes(d)};
  V re, im;
  load(0, re, im);
  from.store(d, 0, re);
  for (size_t k = 1; k < plan.size / 2; ++k) {
    load(k, re, im);
    from.store(d, 2 * k - 1, re);
    from.store(d, 2 * k, im);
  }
  load(plan.size / 2, re, im);
  from.store(d, plan.size - 1, re);
  for (const FftpackPass& pass : plan.passes) {
    if (pass.radix == 2) {
      pass2(d, pass, from, to);
    } else {
      pass4(d, pass, from, to);
    }
    std::swap(from, to);
  }
  return from.data;
}

}  // namespace fftpack
}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
