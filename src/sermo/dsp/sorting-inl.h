// Merging sorted runs of vectors, lane by lane: Batcher's odd-even merge (1968), unrolled.
//
// A run is an array of vectors, ascending in every lane. Sizes are known when compiling, so a run
// lives in registers and what is not used of a result is not computed.
#if defined(SERMO_DSP_SORTING_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_SORTING_INL_H_
#undef SERMO_DSP_SORTING_INL_H_
#else
#define SERMO_DSP_SORTING_INL_H_
#endif

#include <hwy/highway.h>

#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// Every `kStep`-th value of a run, from `kFirst` on.
template <size_t kFirst, size_t kStep, size_t kSize, class Vector, size_t kCount>
HWY_INLINE void take(const Vector (&from)[kSize], Vector (&to)[kCount]) {
  static_assert(kFirst + (kCount - 1) * kStep < kSize);
  for (size_t i = 0; i < kCount; ++i) to[i] = from[kFirst + i * kStep];
}

// merged: both runs as one. The shorter run comes second.
template <size_t kA, size_t kB, class Vector>
HWY_INLINE void merge_runs(const Vector (&a)[kA], const Vector (&b)[kB],
                           Vector (&merged)[kA + kB]) {
  namespace hn = hwy::HWY_NAMESPACE;
  static_assert(kA >= kB && kA % kB == 0 && (kB & (kB - 1)) == 0);
  if constexpr (kA == 1) {
    merged[0] = hn::Min(a[0], b[0]);
    merged[1] = hn::Max(a[0], b[0]);
  } else if constexpr (kB == 1) {
    // A chain: each step hands the larger value on.
    Vector larger = b[0];
    for (size_t i = 0; i < kA; ++i) {
      merged[i] = hn::Min(a[i], larger);
      larger = hn::Max(a[i], larger);
    }
    merged[kA] = larger;
  } else {
    Vector even_a[kA / 2], odd_a[kA / 2], even_b[kB / 2], odd_b[kB / 2];
    take<0, 2>(a, even_a);
    take<1, 2>(a, odd_a);
    take<0, 2>(b, even_b);
    take<1, 2>(b, odd_b);
    Vector even[(kA + kB) / 2], odd[(kA + kB) / 2];
    merge_runs(even_a, even_b, even);
    merge_runs(odd_a, odd_b, odd);
    merged[0] = even[0];
    for (size_t i = 0; i + 1 < (kA + kB) / 2; ++i) {
      merged[2 * i + 1] = hn::Min(odd[i], even[i + 1]);
      merged[2 * i + 2] = hn::Max(odd[i], even[i + 1]);
    }
    merged[kA + kB - 1] = odd[(kA + kB) / 2 - 1];
  }
}

// The kB values in the middle of the two runs together: with kA = 2 kB, ranks kB to 2 kB - 1.
template <size_t kA, size_t kB, class Vector>
HWY_INLINE void middle_of_runs(const Vector (&a)[kA], const Vector (&b)[kB], Vector (&middle)[kB]) {
  static_assert(kA == 2 * kB);
  Vector merged[kA + kB];
  merge_runs(a, b, merged);
  take<kB, 1>(merged, middle);
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
