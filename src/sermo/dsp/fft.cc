#include "sermo/dsp/fft.h"

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/fft.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/fft-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

void forward_frames(const RealFftPlan& plan, const FrameMatrix& frames, Spectrum& spectrum,
                    float* scratch) {
  const D d;
  const size_t stride = frames.stride();
  for (size_t f = 0; f < frames.num_frames(); f += hn::Lanes(d)) {
    const float* from = frames.data() + f;
    float* re_to = spectrum.re.data() + f;
    float* im_to = spectrum.im.data() + f;
    forward_real_fft(
        d, plan,
        [&](size_t m, V& even, V& odd) SERMO_VECTOR_LAMBDA {
          even = hn::Load(d, from + 2 * m * stride);
          odd = hn::Load(d, from + (2 * m + 1) * stride);
        },
        [&](size_t k, V re, V im) SERMO_VECTOR_LAMBDA {
          hn::Store(re, d, re_to + k * stride);
          hn::Store(im, d, im_to + k * stride);
        },
        scratch);
  }
}

void inverse_frames(const RealFftPlan& plan, const Spectrum& spectrum, FrameMatrix& frames,
                    float* scratch) {
  const D d;
  const size_t stride = frames.stride();
  const V scale = hn::Set(d, 1.0f / static_cast<float>(plan.half));
  for (size_t f = 0; f < frames.num_frames(); f += hn::Lanes(d)) {
    float* to = frames.data() + f;
    const float* re_from = spectrum.re.data() + f;
    const float* im_from = spectrum.im.data() + f;
    inverse_real_fft(
        d, plan,
        [&](size_t k, V& re, V& im) SERMO_VECTOR_LAMBDA {
          re = hn::Load(d, re_from + k * stride);
          im = hn::Load(d, im_from + k * stride);
        },
        [&](size_t m, V even, V odd) SERMO_VECTOR_LAMBDA {
          hn::Store(hn::Mul(scale, even), d, to + 2 * m * stride);
          hn::Store(hn::Mul(scale, odd), d, to + (2 * m + 1) * stride);
        },
        scratch);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(forward_frames);
HWY_EXPORT(inverse_frames);

Result<RealFft> RealFft::create(size_t size) {
  SERMO_TRY(RealFftPlan plan, make_real_fft_plan(size));
  return RealFft(std::move(plan));
}

void RealFft::forward(const FrameMatrix& frames, Spectrum& spectrum,
                      FftWorkspace& workspace) const {
  SERMO_CHECK(frames.num_rows() == size(), "a frame holds as many samples as the transform");
  spectrum.resize(num_bins(), frames.num_frames());
  HWY_DYNAMIC_DISPATCH(forward_frames)(plan_, frames, spectrum, workspace.scratch_for(plan_));
}

void RealFft::inverse(const Spectrum& spectrum, FrameMatrix& frames,
                      FftWorkspace& workspace) const {
  SERMO_CHECK(spectrum.num_bins() == num_bins(), "a spectrum holds size / 2 + 1 bins");
  frames.resize(size(), spectrum.num_frames());
  HWY_DYNAMIC_DISPATCH(inverse_frames)(plan_, spectrum, frames, workspace.scratch_for(plan_));
}

}  // namespace sermo::dsp
#endif
