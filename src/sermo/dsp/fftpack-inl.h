// The real FFT and its inverse in the order of operations of FFTPACK (Swarztrauber, 1982), which
// SciPy follows: scipy.fft.rfft and irfft give the same bits, in float and in double. For results
// that hang on their last bits, where the rounding of silence is magnified.
//
// One lane is one frame. The passes are run depth first, so that all but the first two work within
// the first-level cache; that changes when a number is computed, not how. A file that includes this
// is compiled with -ffp-contract=off, since a fused multiply-add rounds once where SciPy rounds
// twice.
#if defined(SERMO_DSP_FFTPACK_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_FFTPACK_INL_H_
#undef SERMO_DSP_FFTPACK_INL_H_
#else
#define SERMO_DSP_FFTPACK_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

#include "sermo/dsp/fftpack_plan.h"
#include "sermo/dsp/frame_matrix.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace fftpack {
namespace hn = hwy::HWY_NAMESPACE;

template <typename T>
using Tag = hn::CappedTag<T, kFramePadding * sizeof(float) / sizeof(T)>;
template <typename T>
using V = hn::Vec<Tag<T>>;

// Parts of `ido` vectors each, one after the other: vector `a` of part `b`.
template <typename T>
struct Parts {
  T* data;
  size_t ido;
  HWY_INLINE V<T> load(size_t a, size_t b) const {
    const Tag<T> d;
    return hn::Load(d, data + (b * ido + a) * hn::Lanes(d));
  }
  HWY_INLINE void store(size_t a, size_t b, V<T> value) const {
    const Tag<T> d;
    hn::Store(value, d, data + (b * ido + a) * hn::Lanes(d));
  }
  HWY_INLINE T* part(size_t b) const { return data + b * ido * hn::Lanes(Tag<T>()); }
};

template <typename T>
HWY_INLINE V<T> constant(double value) {
  return hn::Set(Tag<T>(), static_cast<T>(value));
}

constexpr double kSqrt2 = 1.41421356237309504880;
constexpr double kHalfSqrt2 = 0.70710678118654752440;

// (re, im) times the number at `twiddle`, or times its conjugate.
template <typename T>
HWY_INLINE void rotate(const T* twiddle, V<T>& re, V<T>& im) {
  const Tag<T> d;
  const V<T> c = hn::Set(d, twiddle[0]);
  const V<T> s = hn::Set(d, twiddle[1]);
  const V<T> turned_im = hn::Add(hn::Mul(c, im), hn::Mul(s, re));
  re = hn::Sub(hn::Mul(c, re), hn::Mul(s, im));
  im = turned_im;
}
template <typename T>
HWY_INLINE void rotate_back(const T* twiddle, V<T>& re, V<T>& im) {
  const Tag<T> d;
  const V<T> c = hn::Set(d, twiddle[0]);
  const V<T> s = hn::Set(d, twiddle[1]);
  const V<T> turned_im = hn::Sub(hn::Mul(c, im), hn::Mul(s, re));
  re = hn::Add(hn::Mul(c, re), hn::Mul(s, im));
  im = turned_im;
}

// The passes of one group. Forward: `in` holds the transforms of the group's parts, `out` becomes
// its own, as real and imaginary parts by turns. Inverse: the other way round.

template <typename T>
HWY_INLINE void forward2(const FftpackPass<T>& pass, Parts<T> in, Parts<T> out) {
  const size_t ido = pass.ido;
  {
    const V<T> a = in.load(0, 0), b = in.load(0, 1);
    out.store(0, 0, hn::Add(a, b));
    out.store(ido - 1, 1, hn::Sub(a, b));
  }
  if (ido % 2 == 0) {
    out.store(0, 1, hn::Neg(in.load(ido - 1, 1)));
    out.store(ido - 1, 0, in.load(ido - 1, 0));
  }
  for (size_t i = 2; i < ido; i += 2) {
    const size_t ic = ido - i;
    const V<T> ar = in.load(i - 1, 0), ai = in.load(i, 0);
    V<T> br = in.load(i - 1, 1), bi = in.load(i, 1);
    rotate_back(pass.twiddles.data() + i, br, bi);
    out.store(i - 1, 0, hn::Add(ar, br));
    out.store(ic - 1, 1, hn::Sub(ar, br));
    out.store(i, 0, hn::Add(bi, ai));
    out.store(ic, 1, hn::Sub(bi, ai));
  }
}

template <typename T>
HWY_INLINE void forward4(const FftpackPass<T>& pass, Parts<T> in, Parts<T> out) {
  const size_t ido = pass.ido;
  {
    const V<T> a = in.load(0, 0), b = in.load(0, 1), c = in.load(0, 2), e = in.load(0, 3);
    const V<T> odd = hn::Add(e, b);
    const V<T> even = hn::Add(a, c);
    out.store(0, 2, hn::Sub(e, b));
    out.store(ido - 1, 1, hn::Sub(a, c));
    out.store(0, 0, hn::Add(even, odd));
    out.store(ido - 1, 3, hn::Sub(even, odd));
  }
  if (ido % 2 == 0) {
    const V<T> a = in.load(ido - 1, 0), b = in.load(ido - 1, 1);
    const V<T> c = in.load(ido - 1, 2), e = in.load(ido - 1, 3);
    const V<T> im = hn::Mul(constant<T>(-kHalfSqrt2), hn::Add(b, e));
    const V<T> re = hn::Mul(constant<T>(kHalfSqrt2), hn::Sub(b, e));
    out.store(ido - 1, 0, hn::Add(a, re));
    out.store(ido - 1, 2, hn::Sub(a, re));
    out.store(0, 3, hn::Add(im, c));
    out.store(0, 1, hn::Sub(im, c));
  }
  for (size_t i = 2; i < ido; i += 2) {
    const size_t ic = ido - i;
    const T* twiddle = pass.twiddles.data() + i;
    const V<T> ar = in.load(i - 1, 0), ai = in.load(i, 0);
    V<T> br = in.load(i - 1, 1), bi = in.load(i, 1);
    V<T> cr = in.load(i - 1, 2), ci = in.load(i, 2);
    V<T> er = in.load(i - 1, 3), ei = in.load(i, 3);
    rotate_back(twiddle, br, bi);
    rotate_back(twiddle + ido, cr, ci);
    rotate_back(twiddle + 2 * ido, er, ei);
    const V<T> r1 = hn::Add(er, br), r4 = hn::Sub(er, br);
    const V<T> i1 = hn::Add(bi, ei), i4 = hn::Sub(bi, ei);
    const V<T> r2 = hn::Add(ar, cr), r3 = hn::Sub(ar, cr);
    const V<T> i2 = hn::Add(ai, ci), i3 = hn::Sub(ai, ci);
    out.store(i - 1, 0, hn::Add(r2, r1));
    out.store(ic - 1, 3, hn::Sub(r2, r1));
    out.store(i, 0, hn::Add(i1, i2));
    out.store(ic, 3, hn::Sub(i1, i2));
    out.store(i - 1, 2, hn::Add(r3, i4));
    out.store(ic - 1, 1, hn::Sub(r3, i4));
    out.store(i, 2, hn::Add(r4, i3));
    out.store(ic, 1, hn::Sub(r4, i3));
  }
}

template <typename T>
HWY_INLINE void inverse2(const FftpackPass<T>& pass, Parts<T> in, Parts<T> out) {
  const size_t ido = pass.ido;
  {
    const V<T> a = in.load(0, 0), b = in.load(ido - 1, 1);
    out.store(0, 0, hn::Add(a, b));
    out.store(0, 1, hn::Sub(a, b));
  }
  if (ido % 2 == 0) {
    out.store(ido - 1, 0, hn::Mul(constant<T>(2.0), in.load(ido - 1, 0)));
    out.store(ido - 1, 1, hn::Mul(constant<T>(-2.0), in.load(0, 1)));
  }
  for (size_t i = 2; i < ido; i += 2) {
    const size_t ic = ido - i;
    const V<T> ar = in.load(i - 1, 0), ai = in.load(i, 0);
    const V<T> br = in.load(ic - 1, 1), bi = in.load(ic, 1);
    out.store(i - 1, 0, hn::Add(ar, br));
    out.store(i, 0, hn::Sub(ai, bi));
    V<T> re = hn::Sub(ar, br);
    V<T> im = hn::Add(ai, bi);
    rotate(pass.twiddles.data() + i, re, im);
    out.store(i - 1, 1, re);
    out.store(i, 1, im);
  }
}

template <typename T>
HWY_INLINE void inverse4(const FftpackPass<T>& pass, Parts<T> in, Parts<T> out) {
  const size_t ido = pass.ido;
  {
    const V<T> a = in.load(0, 0), b = in.load(ido - 1, 3);
    const V<T> c = in.load(ido - 1, 1), e = in.load(0, 2);
    const V<T> sum = hn::Add(a, b);
    const V<T> difference = hn::Sub(a, b);
    const V<T> twice_c = hn::Add(c, c);
    const V<T> twice_e = hn::Add(e, e);
    out.store(0, 0, hn::Add(sum, twice_c));
    out.store(0, 2, hn::Sub(sum, twice_c));
    out.store(0, 3, hn::Add(difference, twice_e));
    out.store(0, 1, hn::Sub(difference, twice_e));
  }
  if (ido % 2 == 0) {
    const V<T> ar = in.load(ido - 1, 0), br = in.load(ido - 1, 2);
    const V<T> ai = in.load(0, 3), bi = in.load(0, 1);
    const V<T> im_sum = hn::Add(ai, bi), im_difference = hn::Sub(ai, bi);
    const V<T> re_sum = hn::Add(ar, br), re_difference = hn::Sub(ar, br);
    out.store(ido - 1, 0, hn::Add(re_sum, re_sum));
    out.store(ido - 1, 1, hn::Mul(constant<T>(kSqrt2), hn::Sub(re_difference, im_sum)));
    out.store(ido - 1, 2, hn::Add(im_difference, im_difference));
    out.store(ido - 1, 3, hn::Mul(constant<T>(-kSqrt2), hn::Add(re_difference, im_sum)));
  }
  for (size_t i = 2; i < ido; i += 2) {
    const size_t ic = ido - i;
    const T* twiddle = pass.twiddles.data() + i;
    const V<T> ar = in.load(i - 1, 0), ai = in.load(i, 0);
    const V<T> br = in.load(ic - 1, 3), bi = in.load(ic, 3);
    const V<T> cr = in.load(i - 1, 2), ci = in.load(i, 2);
    const V<T> er = in.load(ic - 1, 1), ei = in.load(ic, 1);
    const V<T> r2 = hn::Add(ar, br), r1 = hn::Sub(ar, br);
    const V<T> i1 = hn::Add(ai, bi), i2 = hn::Sub(ai, bi);
    const V<T> r4 = hn::Add(ci, ei), i3 = hn::Sub(ci, ei);
    const V<T> r3 = hn::Add(cr, er), i4 = hn::Sub(cr, er);
    out.store(i - 1, 0, hn::Add(r2, r3));
    out.store(i, 0, hn::Add(i2, i3));
    V<T> re2 = hn::Sub(r1, r4), im2 = hn::Add(i1, i4);
    V<T> re3 = hn::Sub(r2, r3), im3 = hn::Sub(i2, i3);
    V<T> re4 = hn::Add(r1, r4), im4 = hn::Sub(i1, i4);
    rotate(twiddle, re2, im2);
    rotate(twiddle + ido, re3, im3);
    rotate(twiddle + 2 * ido, re4, im4);
    out.store(i - 1, 1, re2);
    out.store(i, 1, im2);
    out.store(i - 1, 2, re3);
    out.store(i, 2, im3);
    out.store(i - 1, 3, re4);
    out.store(i, 3, im4);
  }
}

// The transform of group `k` at `level`, which is made of samples k, k + l1, k + 2 l1, ...; load(n)
// gives sample n.
template <typename T, class Load>
void forward_group(const FftpackPlan<T>& plan, size_t level, size_t k, const Load& load, T* out,
                   T* scratch) {
  const FftpackPass<T>& pass = plan.passes[level];
  const Parts<T> in{scratch, pass.ido};
  scratch += pass.radix * pass.ido * hn::Lanes(Tag<T>());
  for (size_t part = 0; part < pass.radix; ++part) {
    const size_t child = k + pass.l1 * part;
    if (pass.ido == 1) {
      in.store(0, part, load(child));
    } else {
      forward_group(plan, level + 1, child, load, in.part(part), scratch);
    }
  }
  if (pass.radix == 2) {
    forward2(pass, in, Parts<T>{out, pass.ido});
  } else {
    forward4(pass, in, Parts<T>{out, pass.ido});
  }
}

// And back: store(n, value) takes sample n times size.
template <typename T, class Store>
void inverse_group(const FftpackPlan<T>& plan, size_t level, size_t k, T* in, const Store& store,
                   T* scratch) {
  const FftpackPass<T>& pass = plan.passes[level];
  const Parts<T> out{scratch, pass.ido};
  scratch += pass.radix * pass.ido * hn::Lanes(Tag<T>());
  if (pass.radix == 2) {
    inverse2(pass, Parts<T>{in, pass.ido}, out);
  } else {
    inverse4(pass, Parts<T>{in, pass.ido}, out);
  }
  for (size_t part = 0; part < pass.radix; ++part) {
    const size_t child = k + pass.l1 * part;
    if (pass.ido == 1) {
      store(child, out.load(0, part));
    } else {
      inverse_group(plan, level + 1, child, out.part(part), store, scratch);
    }
  }
}

// The transform of one vector of frames: load(n) gives sample n, store(k, re, im) takes the bins
// first_bin to end_bin - 1, where 0 <= first_bin <= end_bin <= size / 2 + 1.
template <typename T, class Load, class Store>
HWY_INLINE void forward_real_fft(const FftpackPlan<T>& plan, const Load& load, size_t first_bin,
                                 size_t end_bin, const Store& store, T* scratch) {
  const Tag<T> d;
  const Parts<T> bins{scratch, plan.size};
  forward_group(plan, 0, 0, load, scratch, scratch + plan.size * hn::Lanes(d));
  for (size_t k = first_bin; k < end_bin; ++k) {
    if (k == 0) {
      store(k, bins.load(0, 0), hn::Zero(d));
    } else if (k == plan.size / 2) {
      store(k, bins.load(plan.size - 1, 0), hn::Zero(d));
    } else {
      store(k, bins.load(2 * k - 1, 0), bins.load(2 * k, 0));
    }
  }
}

// The inverse, times size: load(k, re, im) gives bin k, 0 <= k <= size / 2, where the imaginary
// parts of the first and last are not looked at; store(n, value) takes sample n.
template <typename T, class Load, class Store>
HWY_INLINE void inverse_real_fft(const FftpackPlan<T>& plan, const Load& load, const Store& store,
                                 T* scratch) {
  const Tag<T> d;
  const Parts<T> bins{scratch, plan.size};
  V<T> re, im;
  load(0, re, im);
  bins.store(0, 0, re);
  for (size_t k = 1; k < plan.size / 2; ++k) {
    load(k, re, im);
    bins.store(2 * k - 1, 0, re);
    bins.store(2 * k, 0, im);
  }
  load(plan.size / 2, re, im);
  bins.store(plan.size - 1, 0, re);
  inverse_group(plan, 0, 0, scratch, store, scratch + plan.size * hn::Lanes(d));
}

}  // namespace fftpack
}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
