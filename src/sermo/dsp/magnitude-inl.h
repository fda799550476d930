// The absolute value of complex numbers, as NumPy computes it with fused multiply-add: bit for bit,
// on processors without it too, and without the overflow or underflow of squares.
//
// Bits matter where values are compared with each other: on flat or very quiet spectra, rounding
// decides what counts as a peak.
#if defined(SERMO_DSP_MAGNITUDE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_MAGNITUDE_INL_H_
#undef SERMO_DSP_MAGNITUDE_INL_H_
#else
#define SERMO_DSP_MAGNITUDE_INL_H_
#endif

#include <hwy/highway.h>

#include <limits>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// ratio^2 + 1, rounded once. D has vectors of at most half the longest.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V square_plus_one(D d, V ratio) {
  namespace hn = hwy::HWY_NAMESPACE;
#if HWY_NATIVE_FMA
  return hn::MulAdd(ratio, ratio, hn::Set(d, 1.0f));
#else
  // In double the square is exact, and the sum all but exact.
  const hn::Rebind<double, D> d_double;
  const auto wide = hn::PromoteTo(d_double, ratio);
  return hn::DemoteTo(d, hn::Add(hn::Mul(wide, wide), hn::Set(d_double, 1.0)));
#endif
}

// large * sqrt(1 + (small / large)^2), in float. D as above.
template <class D, class V = hwy::HWY_NAMESPACE::Vec<D>>
HWY_INLINE V magnitude_of(D d, V re, V im) {
  namespace hn = hwy::HWY_NAMESPACE;
  re = hn::Abs(re);
  im = hn::Abs(im);
  const V large = hn::Max(re, im);
  const V small = hn::Min(re, im);
  const V nonzero = hn::Max(large, hn::Set(d, std::numeric_limits<float>::min()));
  const V ratio = hn::Div(small, nonzero);
  return hn::Mul(large, hn::Sqrt(square_plus_one(d, ratio)));
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // include guard
