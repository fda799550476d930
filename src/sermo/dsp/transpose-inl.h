// Turning rows of floats into columns, four by four.
#if defined(SERMO_DSP_TRANSPOSE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_TRANSPOSE_INL_H_
#undef SERMO_DSP_TRANSPOSE_INL_H_
#else
#define SERMO_DSP_TRANSPOSE_INL_H_
#endif

#include <hwy/highway.h>

#include <algorithm>
#include <cstddef>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

#if HWY_TARGET != HWY_SCALAR
// Four vectors of four floats as a 4 x 4 matrix, transposed.
template <class D4, class V4 = hwy::HWY_NAMESPACE::Vec<D4>>
HWY_INLINE void transpose4(D4 d, V4& a, V4& b, V4& c, V4& e) {
  namespace hn = hwy::HWY_NAMESPACE;
  const V4 ab_low = hn::InterleaveLower(d, a, b);
  const V4 ab_high = hn::InterleaveUpper(d, a, b);
  const V4 ce_low = hn::InterleaveLower(d, c, e);
  const V4 ce_high = hn::InterleaveUpper(d, c, e);
  a = hn::ConcatLowerLower(d, ce_low, ab_low);
  b = hn::ConcatUpperUpper(d, ce_low, ab_low);
  c = hn::ConcatLowerLower(d, ce_high, ab_high);
  e = hn::ConcatUpperUpper(d, ce_high, ab_high);
}
#endif

// to[c * to_step + r] = from[r * from_step + c] for num_rows rows and num_columns columns. `from`
// is readable up to whole fours of columns, and each of the num_columns rows of `to` has room for
// whole fours: what is written there beyond num_rows is unspecified.
template <class D4>
HWY_INLINE void transpose(D4 d, const float* from, size_t from_step, size_t num_rows,
                          size_t num_columns, float* to, size_t to_step) {
#if HWY_TARGET == HWY_SCALAR
  static_cast<void>(d);
  for (size_t r = 0; r < num_rows; ++r)
    for (size_t c = 0; c < num_columns; ++c) to[c * to_step + r] = from[r * from_step + c];
#else
  namespace hn = hwy::HWY_NAMESPACE;
  for (size_t r = 0; r < num_rows; r += 4) {
    // Rows beyond the last are read as the last.
    const float* row[4];
    for (size_t i = 0; i < 4; ++i) row[i] = from + std::min(r + i, num_rows - 1) * from_step;
    for (size_t c = 0; c < num_columns; c += 4) {
      auto v0 = hn::LoadU(d, row[0] + c);
      auto v1 = hn::LoadU(d, row[1] + c);
      auto v2 = hn::LoadU(d, row[2] + c);
      auto v3 = hn::LoadU(d, row[3] + c);
      transpose4(d, v0, v1, v2, v3);
      float* out = to + c * to_step + r;
      hn::StoreU(v0, d, out);
      if (c + 1 < num_columns) hn::StoreU(v1, d, out + to_step);
      if (c + 2 < num_columns) hn::StoreU(v2, d, out + 2 * to_step);
      if (c + 3 < num_columns) hn::StoreU(v3, d, out + 3 * to_step);
    }
  }
#endif
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
