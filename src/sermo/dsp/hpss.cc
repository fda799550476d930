// Compiled with -ffp-contract=off: librosa rounds after every step.
#include "sermo/dsp/hpss.h"

#include <limits>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/hpss.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// All matrices have one shape.
void apply_mask(const FrameMatrix& over_frames, const FrameMatrix& over_bins,
                const FrameMatrix& magnitude, const Spectrum& from, Spectrum& to) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  const V one = hn::Set(d, 1.0f);
  const V one_half = hn::Set(d, 0.5f);
  const V smallest = hn::Set(d, std::numeric_limits<float>::min());
  const size_t count = magnitude.num_rows() * magnitude.stride();
  for (size_t i = 0; i < count; i += hn::Lanes(d)) {
    const V h = hn::Load(d, over_frames.data() + i);
    const V p = hn::Load(d, over_bins.data() + i);
    // Divided by the larger first, so that no square vanishes that matters.
    const V larger = hn::Max(h, p);
    const auto is_audible = hn::Ge(larger, smallest);
    const V divisor = hn::IfThenElse(is_audible, larger, one);
    const V h_scaled = hn::Div(h, divisor);
    const V p_scaled = hn::Div(p, divisor);
    const V h_power = hn::Mul(h_scaled, h_scaled);
    const V p_power = hn::Mul(p_scaled, p_scaled);
    const V share =
        hn::IfThenElse(is_audible, hn::Div(h_power, hn::Add(h_power, p_power)), one_half);

    // The new magnitude, turned into the old phase. Where the magnitude is zero, so are both parts.
    const V old = hn::Load(d, magnitude.data() + i);
    const V nonzero = hn::IfThenElse(hn::Eq(old, hn::Zero(d)), one, old);
    const V kept = hn::Mul(old, share);
    const V re = hn::Load(d, from.re.data() + i);
    const V im = hn::Load(d, from.im.data() + i);
    hn::Store(hn::Mul(kept, hn::Div(re, nonzero)), d, to.re.data() + i);
    hn::Store(hn::Mul(kept, hn::Div(im, nonzero)), d, to.im.data() + i);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(apply_mask);

void harmonic_part(const Spectrum& spectrum, const FrameMatrix& magnitude, Spectrum& harmonic,
                   HpssWorkspace& workspace) {
  SERMO_CHECK(magnitude.num_rows() == spectrum.num_bins() &&
                  magnitude.num_frames() == spectrum.num_frames(),
              "a spectrum and its magnitude have one shape");
  median_over_frames(magnitude, workspace.harmonic, workspace.median_filter);
  median_over_rows(magnitude, workspace.percussive, workspace.median_filter);
  harmonic.resize(spectrum.num_bins(), spectrum.num_frames());
  HWY_DYNAMIC_DISPATCH(apply_mask)
  (workspace.harmonic, workspace.percussive, magnitude, spectrum, harmonic);
}

}  // namespace sermo::dsp
#endif
