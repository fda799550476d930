#include "sermo/dsp/hpss.h"

#include <limits>

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/hpss.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Turns harmonic medians into the mask, in place.
void soft_mask(const FrameMatrix& percussive, FrameMatrix& harmonic) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  const V one = hn::Set(d, 1.0f);
  const V one_half = hn::Set(d, 0.5f);
  const V smallest = hn::Set(d, std::numeric_limits<float>::min());
  const float* p_from = percussive.data();
  float* h_from = harmonic.data();
  const size_t count = harmonic.num_rows() * harmonic.stride();
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const V h = hn::Load(d, h_from + i);
    const V p = hn::Load(d, p_from + i);
    // Divided by the larger first, so that no square vanishes that matters.
    const V larger = hn::Max(h, p);
    const auto is_audible = hn::Ge(larger, smallest);
    const V scale = hn::Div(one, hn::IfThenElse(is_audible, larger, one));
    const V h_scaled = hn::Mul(h, scale);
    const V p_scaled = hn::Mul(p, scale);
    const V h_power = hn::Mul(h_scaled, h_scaled);
    const V share = hn::Div(h_power, hn::MulAdd(p_scaled, p_scaled, h_power));
    hn::Store(hn::IfThenElse(is_audible, share, one_half), d, h_from + i);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(soft_mask);

void harmonic_mask(const FrameMatrix& magnitude, FrameMatrix& mask, HpssWorkspace& workspace) {
  median_over_rows(magnitude, workspace.percussive, workspace.median_filter);
  median_over_frames(magnitude, mask, workspace.median_filter);
  HWY_DYNAMIC_DISPATCH(soft_mask)(workspace.percussive, mask);
}

}  // namespace sermo::dsp
#endif
