// Scaling vectors of frames to norm one, as librosa.util.normalize does: a frame whose norm is
// below the smallest normal float stays as it is.
#if defined(SERMO_DSP_NORMALIZE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_NORMALIZE_INL_H_
#undef SERMO_DSP_NORMALIZE_INL_H_
#else
#define SERMO_DSP_NORMALIZE_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

template <class D, class Vector, size_t kCount>
HWY_INLINE void divide_by_norm(D d, Vector norm, Vector (&values)[kCount]) {
  namespace hn = hwy::HWY_NAMESPACE;
  const Vector one = hn::Set(d, 1.0f);
  const auto large_enough = hn::Ge(norm, hn::Set(d, std::numeric_limits<float>::min()));
  const Vector divisor = hn::IfThenElse(large_enough, norm, one);
  for (size_t i = 0; i < kCount; ++i) values[i] = hn::Div(values[i], divisor);
}

// By the largest of the magnitudes.
template <class D, class Vector, size_t kCount>
HWY_INLINE void normalize_max(D d, Vector (&values)[kCount]) {
  namespace hn = hwy::HWY_NAMESPACE;
  Vector norm = hn::Abs(values[0]);
  for (size_t i = 1; i < kCount; ++i) norm = hn::Max(norm, hn::Abs(values[i]));
  divide_by_norm(d, norm, values);
}

// By the sum of the magnitudes.
template <class D, class Vector, size_t kCount>
HWY_INLINE void normalize_sum(D d, Vector (&values)[kCount]) {
  namespace hn = hwy::HWY_NAMESPACE;
  Vector norm = hn::Abs(values[0]);
  for (size_t i = 1; i < kCount; ++i) norm = hn::Add(norm, hn::Abs(values[i]));
  divide_by_norm(d, norm, values);
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
