// The FFT itself, for the vector width of one instruction set; one lane is one frame. Included by
// the sources that transform frames, once per instruction set (Highway's foreach_target).
//
// The two functions at the end take
// their input from and hand their output to small function objects, so that windowing, scaling and
// taking magnitudes cost no pass through memory of their own.
#if defined(SERMO_DSP_FFT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_FFT_INL_H_
#undef SERMO_DSP_FFT_INL_H_
#else
#define SERMO_DSP_FFT_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/dsp/complex_points-inl.h"
#include "sermo/dsp/fft_plan.h"
#include "sermo/dsp/simd.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// Calls f(0), f(1), ..., f(N - 1) with constants, so that arrays of vectors stay in registers.
template <class F, size_t... kIndex>
HWY_INLINE void unroll_over(std::index_sequence<kIndex...> /*indices*/, F&& f) {
  (f(std::integral_constant<size_t, kIndex>{}), ...);
}
template <size_t kCount, class F>
HWY_INLINE void unroll(F&& f) {
  unroll_over(std::make_index_sequence<kCount>{}, f);
}

HWY_INLINE void butterfly2(V& r0, V& i0, V& r1, V& i1) {
  const V re = hn::Sub(r0, r1);
  const V im = hn::Sub(i0, i1);
  r0 = hn::Add(r0, r1);
  i0 = hn::Add(i0, i1);
  r1 = re;
  i1 = im;
}

// Transforms four points in place, natural order in and out.
HWY_INLINE void butterfly4(V& r0, V& i0, V& r1, V& i1, V& r2, V& i2, V& r3, V& i3) {
  const V ar = hn::Add(r0, r2);
  const V ai = hn::Add(i0, i2);
  const V br = hn::Sub(r0, r2);
  const V bi = hn::Sub(i0, i2);
  const V cr = hn::Add(r1, r3);
  const V ci = hn::Add(i1, i3);
  const V dr = hn::Sub(r1, r3);
  const V di = hn::Sub(i1, i3);
  r0 = hn::Add(ar, cr);
  i0 = hn::Add(ai, ci);
  r1 = hn::Add(br, di);
  i1 = hn::Sub(bi, dr);
  r2 = hn::Sub(ar, cr);
  i2 = hn::Sub(ai, ci);
  r3 = hn::Sub(br, di);
  i3 = hn::Add(bi, dr);
}

template <size_t kRadix>
HWY_INLINE void butterfly(D d, V (&re)[kRadix], V (&im)[kRadix]) {
  if constexpr (kRadix == 2) {
    butterfly2(re[0], im[0], re[1], im[1]);
  } else if constexpr (kRadix == 4) {
    butterfly4(re[0], im[0], re[1], im[1], re[2], im[2], re[3], im[3]);
  } else {
    static_assert(kRadix == 8);
    butterfly4(re[0], im[0], re[2], im[2], re[4], im[4], re[6], im[6]);
    butterfly4(re[1], im[1], re[3], im[3], re[5], im[5], re[7], im[7]);
    // Output k is even[k] + w^k odd[k] and output k + 4 is even[k] - w^k odd[k], w = exp(-i pi/4).
    const V s = hn::Set(d, 0.70710678118654752440f);
    const V er[4] = {re[0], re[2], re[4], re[6]};
    const V ei[4] = {im[0], im[2], im[4], im[6]};
    const V o1_sum = hn::Add(re[3], im[3]);
    const V o1_dif = hn::Sub(im[3], re[3]);
    const V o3_sum = hn::Add(re[7], im[7]);
    const V o3_dif = hn::Sub(im[7], re[7]);
    const V o0r = re[1];
    const V o0i = im[1];
    const V o2r = re[5];
    const V o2i = im[5];
    re[0] = hn::Add(er[0], o0r);
    im[0] = hn::Add(ei[0], o0i);
    re[4] = hn::Sub(er[0], o0r);
    im[4] = hn::Sub(ei[0], o0i);
    re[1] = hn::MulAdd(s, o1_sum, er[1]);
    im[1] = hn::MulAdd(s, o1_dif, ei[1]);
    re[5] = hn::NegMulAdd(s, o1_sum, er[1]);
    im[5] = hn::NegMulAdd(s, o1_dif, ei[1]);
    re[2] = hn::Add(er[2], o2i);
    im[2] = hn::Sub(ei[2], o2r);
    re[6] = hn::Sub(er[2], o2i);
    im[6] = hn::Add(ei[2], o2r);
    re[3] = hn::MulAdd(s, o3_dif, er[3]);
    im[3] = hn::NegMulAdd(s, o3_sum, ei[3]);
    re[7] = hn::NegMulAdd(s, o3_dif, er[3]);
    im[7] = hn::MulAdd(s, o3_sum, ei[3]);
  }
}

// Points as the source or the destination of a transform.
struct FromPoints {
  Points points;
  HWY_INLINE void operator()(size_t n, V& re, V& im) const { points.load(D(), n, re, im); }
};
struct ToPoints {
  Points points;
  HWY_INLINE void operator()(size_t k, V re, V im) const { points.store(D(), k, re, im); }
};

// The three kinds of Stockham pass. in(n, re, im) reads point n; out(k, re, im) takes result k.
template <size_t kRadix, class In>
HWY_INLINE void first_pass(D d, const ShortFftPlan& plan, const In& in, Points to) {
  const size_t num_p = plan.size / kRadix;
  const auto* twiddle = plan.first_twiddles.data();
  V re[kRadix];
  V im[kRadix];
  unroll<kRadix>([&](auto i) SERMO_VECTOR_LAMBDA { in(num_p * i, re[i], im[i]); });
  butterfly<kRadix>(d, re, im);
  unroll<kRadix>([&](auto j) SERMO_VECTOR_LAMBDA { to.store(d, j, re[j], im[j]); });
  twiddle += 2 * (kRadix - 1);
  for (size_t p = 1; p < num_p; ++p, twiddle += 2 * (kRadix - 1)) {
    unroll<kRadix>([&](auto i) SERMO_VECTOR_LAMBDA { in(p + num_p * i, re[i], im[i]); });
    butterfly<kRadix>(d, re, im);
    unroll<kRadix>([&](auto j) SERMO_VECTOR_LAMBDA {
      if constexpr (j != 0) rotate(d, twiddle + 2 * (j - 1), re[j], im[j]);
      to.store(d, kRadix * p + j, re[j], im[j]);
    });
  }
}

template <size_t kRadix>
HWY_INLINE void middle_pass(D d, const ShortFftPlan& plan, Points from, Points to) {
  const size_t stride = plan.first_radix;
  const size_t num_p = plan.last_radix;
  for (size_t p = 0; p < num_p; ++p) {
    const auto* twiddle = plan.middle_twiddles.data() + p * 2 * (kRadix - 1);
    for (size_t q = 0; q < stride; ++q) {
      V re[kRadix];
      V im[kRadix];
      unroll<kRadix>([&](auto i) SERMO_VECTOR_LAMBDA {
        from.load(d, q + stride * (p + num_p * i), re[i], im[i]);
      });
      butterfly<kRadix>(d, re, im);
      unroll<kRadix>([&](auto j) SERMO_VECTOR_LAMBDA {
        if constexpr (j != 0) rotate(d, twiddle + 2 * (j - 1), re[j], im[j]);
        to.store(d, q + stride * (kRadix * p + j), re[j], im[j]);
      });
    }
  }
}

template <size_t kRadix, class Out>
HWY_INLINE void last_pass(D d, const ShortFftPlan& plan, Points from, const Out& out) {
  const size_t stride = plan.size / kRadix;
  for (size_t q = 0; q < stride; ++q) {
    V re[kRadix];
    V im[kRadix];
    unroll<kRadix>([&](auto i) SERMO_VECTOR_LAMBDA { from.load(d, q + stride * i, re[i], im[i]); });
    butterfly<kRadix>(d, re, im);
    unroll<kRadix>([&](auto j) SERMO_VECTOR_LAMBDA { out(q + stride * j, re[j], im[j]); });
  }
}

// A complex transform of plan.size points; `a` and `b` are scratch of as many points each.
template <class In, class Out>
HWY_INLINE void short_fft(D d, const ShortFftPlan& plan, const In& in, const Out& out, Points a,
                          Points b) {
  switch (plan.first_radix) {
    case 2:
      first_pass<2>(d, plan, in, a);
      break;
    case 4:
      first_pass<4>(d, plan, in, a);
      break;
    default:
      first_pass<8>(d, plan, in, a);
      break;
  }
  if (plan.middle_radix != 0) {
    middle_pass<4>(d, plan, a, b);
    std::swap(a, b);
  }
  switch (plan.last_radix) {
    case 2:
      last_pass<2>(d, plan, a, out);
      break;
    case 4:
      last_pass<4>(d, plan, a, out);
      break;
    default:
      last_pass<8>(d, plan, a, out);
      break;
  }
}

// Scratch memory of one transform, divided.
struct Scratch {
  Points crossing, a, b, c, e;
  Scratch(D d, const RealFftPlan& plan, float* scratch) {
    const size_t points = 2 * hn::Lanes(d);
    const size_t longest = std::max(plan.columns.size, plan.rows.size) * points;
    a = {scratch};
    b = {scratch + longest};
    c = {scratch + 2 * longest};
    e = {scratch + 3 * longest};
    crossing = {scratch + 4 * longest};
  }
};

// The first half of a complex transform: one column, in(n, re, im) giving its points, is
// transformed, turned by its factors and laid across the rows. Not inlined, as below: one body
// serves all calls.
template <class In>
HWY_NOINLINE void transform_column(D d, const RealFftPlan& plan, size_t column, const In& in,
                                   const Scratch& s) {
  // One point more than a row holds, so that rows do not fall onto each other in the cache.
  const size_t row_length = plan.rows.size + 1;
  const auto* twiddles = plan.cross_twiddles.data() + 2 * column * plan.columns.size;
  short_fft(
      d, plan.columns, in,
      [&](size_t k, V re, V im) SERMO_VECTOR_LAMBDA {
        rotate(d, twiddles + 2 * k, re, im);
        s.crossing.store(d, k * row_length + column, re, im);
      },
      s.a, s.b);
}

// The second half: row k1 gives the results k1 + columns * k2 as out(k2, re, im).
template <class Out>
HWY_NOINLINE void transform_row(D d, const RealFftPlan& plan, size_t k1, const Out& out,
                                const Scratch& s) {
  const size_t start = k1 * (plan.rows.size + 1);
  short_fft(
      d, plan.rows,
      [&](size_t n, V& re, V& im) SERMO_VECTOR_LAMBDA { s.crossing.load(d, start + n, re, im); },
      out, s.a, s.b);
}

// The transform of plan.size real samples of Lanes(d) frames.
// load(m, even, odd) gives samples 2 m and 2 m + 1; store(k, re, im) takes bin k, 0 <= k <= half
// (bin half / 2 twice).
template <class Load, class Store>
HWY_INLINE void forward_real_fft(D d, const RealFftPlan& plan, const Load& load, const Store& store,
                                 float* scratch) {
  const Scratch s(d, plan, scratch);
  const size_t n1 = plan.columns.size;
  const size_t n2 = plan.rows.size;
  for (size_t column = 0; column < n2; ++column) {
    transform_column(
        d, plan, column,
        [&](size_t n, V& re, V& im) SERMO_VECTOR_LAMBDA { load(n2 * n + column, re, im); }, s);
  }

  // z is point k of the complex transform and y point half - k; bins k and half - k follow.
  const V one_half = hn::Set(d, 0.5f);
  const auto separate = [&](size_t k, V zr, V zi, V yr, V yi) SERMO_VECTOR_LAMBDA {
    const V even_re = hn::Add(zr, yr);
    const V even_im = hn::Sub(zi, yi);
    V odd_re = hn::Add(zi, yi);
    V odd_im = hn::Sub(yr, zr);
    rotate(d, plan.real_twiddles.data() + 2 * k, odd_re, odd_im);
    store(k, hn::MulAdd(one_half, even_re, odd_re), hn::MulAdd(one_half, even_im, odd_im));
    store(plan.half - k, hn::MulSub(one_half, even_re, odd_re),
          hn::NegMulAdd(one_half, even_im, odd_im));
  };
  // The same where k is beyond half / 2: the two points change places.
  const auto separate_any = [&](size_t k, V zr, V zi, V yr, V yi) SERMO_VECTOR_LAMBDA {
    if (2 * k <= plan.half) {
      separate(k, zr, zi, yr, yi);
    } else {
      separate(plan.half - k, yr, yi, zr, zi);
    }
  };
  const ToPoints to_c{s.c};
  const ToPoints to_e{s.e};
  V zr, zi, yr, yi;

  transform_row(d, plan, 0, to_c, s);
  s.c.load(d, 0, zr, zi);
  store(0, hn::Add(zr, zi), hn::Zero(d));
  store(plan.half, hn::Sub(zr, zi), hn::Zero(d));
  for (size_t k2 = 1; k2 <= n2 / 2; ++k2) {
    s.c.load(d, k2, zr, zi);
    s.c.load(d, n2 - k2, yr, yi);
    separate(n1 * k2, zr, zi, yr, yi);
  }
  for (size_t k1 = 1; k1 < n1 / 2; ++k1) {
    transform_row(d, plan, k1, to_c, s);
    transform_row(d, plan, n1 - k1, to_e, s);
    for (size_t k2 = 0; k2 < n2; ++k2) {
      s.c.load(d, k2, zr, zi);
      s.e.load(d, n2 - 1 - k2, yr, yi);
      separate_any(k1 + n1 * k2, zr, zi, yr, yi);
    }
  }
  transform_row(d, plan, n1 / 2, to_c, s);
  for (size_t k2 = 0; k2 < n2 / 2; ++k2) {
    s.c.load(d, k2, zr, zi);
    s.c.load(d, n2 - 1 - k2, yr, yi);
    separate(n1 / 2 + n1 * k2, zr, zi, yr, yi);
  }
}

// The inverse, times half: load(k, re, im) gives bin k, 0 <= k <= half, where the imaginary parts
// of the first and last are not looked at; store(m, even, odd) takes samples 2 m and 2 m + 1, each
// to be divided by plan.half.
template <class Load, class Store>
HWY_INLINE void inverse_real_fft(D d, const RealFftPlan& plan, const Load& load, const Store& store,
                                 float* scratch) {
  const Scratch s(d, plan, scratch);
  const size_t n1 = plan.columns.size;
  const size_t n2 = plan.rows.size;
  const size_t half = plan.half;
  const V one_half = hn::Set(d, 0.5f);

  // Points k (into `at_k`) and half - k (into `at_other`) of the complex spectrum, with real and
  // imaginary parts exchanged, which turns the forward transform into the inverse.
  const auto join = [&](size_t k, Points to_k, size_t at_k, Points to_other,
                        size_t at_other) SERMO_VECTOR_LAMBDA {
    V xr, xi, yr, yi;
    load(k, xr, xi);
    load(half - k, yr, yi);
    if (k == 0) {
      xi = hn::Zero(d);
      yi = hn::Zero(d);
    }
    const auto* w = plan.real_twiddles.data() + 2 * k;
    const V wr = hn::Set(d, w[0]);
    const V wi = hn::Set(d, w[1]);
    const V even_re = hn::Add(xr, yr);
    const V even_im = hn::Sub(xi, yi);
    const V odd_re = hn::Sub(xr, yr);
    const V odd_im = hn::Add(xi, yi);
    const V tr = hn::MulAdd(odd_re, wr, hn::Mul(odd_im, wi));
    const V ti = hn::MulSub(odd_im, wr, hn::Mul(odd_re, wi));
    to_k.store(d, at_k, hn::MulAdd(one_half, even_im, tr), hn::MulSub(one_half, even_re, ti));
    to_other.store(d, at_other, hn::NegMulAdd(one_half, even_im, tr),
                   hn::MulAdd(one_half, even_re, ti));
  };
  const FromPoints from_c{s.c};
  const FromPoints from_e{s.e};

  // Column 0 holds its own partners, as column n2 / 2 does; all others go in pairs.
  for (size_t n = 1; n <= n1 / 2; ++n) join(n2 * n, s.c, n, s.c, n1 - n);
  join(0, s.c, 0, s.e, 0);
  transform_column(d, plan, 0, from_c, s);
  for (size_t n = 0; n < n1 / 2; ++n) join(n2 * n + n2 / 2, s.c, n, s.c, n1 - 1 - n);
  transform_column(d, plan, n2 / 2, from_c, s);
  for (size_t column = 1; column < n2 / 2; ++column) {
    for (size_t n = 0; n < n1; ++n) {
      const size_t k = n2 * n + column;
      if (2 * k <= half) {
        join(k, s.c, n, s.e, n1 - 1 - n);
      } else {
        join(half - k, s.e, n1 - 1 - n, s.c, n);
      }
    }
    transform_column(d, plan, column, from_c, s);
    transform_column(d, plan, n2 - column, from_e, s);
  }
  for (size_t k1 = 0; k1 < n1; ++k1) {
    transform_row(
        d, plan, k1,
        [&](size_t k2, V re, V im) SERMO_VECTOR_LAMBDA { store(k1 + n1 * k2, im, re); }, s);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
