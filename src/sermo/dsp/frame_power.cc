#include "sermo/dsp/frame_power.h"

#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/frame_power.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/fft-inl.h"
#include "sermo/dsp/short_frames-inl.h"

#ifndef SERMO_DSP_FRAME_POWER_ONCE_
#define SERMO_DSP_FRAME_POWER_ONCE_
namespace sermo::dsp {

inline constexpr size_t kMaxFrameWidth = 512;

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

void power_of_frames(const RealFftPlan& plan, const FrameCut& cut, const float* window,
                     float power_floor, const PaddedClip& clip, size_t first, FrameMatrix& power,
                     float* scratch) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  HWY_ALIGN_MAX float samples[kMaxFrameWidth * kFramePadding];
  const size_t stride = power.stride();
  const V floor_value = hn::Set(d, power_floor);
  for (size_t f = 0; f < power.num_frames(); f += lanes) {
    load_frames(d, clip, cut, first + f, samples);
    float* to = power.data() + f;
    forward_real_fft(
        d, plan, WindowedFrames{window, samples, cut.width},
        [&](size_t k, V re, V im) SERMO_VECTOR_LAMBDA {
          hn::Store(hn::MulAdd(re, re, hn::MulAdd(im, im, floor_value)), d, to + k * stride);
        },
        scratch);
  }
}

void shape_of_frames(const PaddedClip& clip, const FrameCut& cut, size_t first, size_t num_frames,
                     float* peaks, float* crossings) {
  const D d;
  const hn::RebindToSigned<D> d_int;
  const size_t lanes = hn::Lanes(d);
  HWY_ALIGN_MAX float samples[kMaxFrameWidth * kFramePadding];
  const auto one = hn::Set(d_int, 1);
  const V per_pair = hn::Set(d, 1.0f / static_cast<float>(cut.width - 1));
  for (size_t f = 0; f < num_frames; f += lanes) {
    load_frames(d, clip, cut, first + f, samples);
    V peak = hn::Abs(hn::Load(d, samples));
    auto before = hn::BitCast(d_int, hn::Load(d, samples));
    auto changes = hn::Zero(d_int);
    for (size_t n = 1; n < cut.width; ++n) {
      const V x = hn::Load(d, samples + n * lanes);
      peak = hn::Max(peak, hn::Abs(x));
      const auto now = hn::BitCast(d_int, x);
      changes = hn::Add(changes, hn::And(one, hn::ShiftRight<31>(hn::Xor(now, before))));
      before = now;
    }
    hn::StoreU(peak, d, peaks + f);
    hn::StoreU(hn::Mul(per_pair, hn::ConvertTo(d, changes)), d, crossings + f);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(power_of_frames);
HWY_EXPORT(shape_of_frames);

namespace {

// middle - spread * cos(2 pi n / (size - 1))
std::vector<float> raised_cosine(size_t size, double middle, double spread) {
  std::vector<float> window(size, 1.0f);
  if (size == 1) return window;
  const double step = 2.0 * std::numbers::pi / static_cast<double>(size - 1);
  for (size_t n = 0; n < size; ++n) {
    window[n] = static_cast<float>(middle - spread * std::cos(step * static_cast<double>(n)));
  }
  return window;
}

}  // namespace

std::vector<float> symmetric_hamming(size_t size) { return raised_cosine(size, 0.54, 0.46); }
std::vector<float> symmetric_hann(size_t size) { return raised_cosine(size, 0.5, 0.5); }

Result<FramePower> FramePower::create(const Options& options) {
  const FrameCut& cut = options.cut;
  if (cut.width == 0 || cut.width % 4 != 0 || cut.width > std::min(options.n_fft, kMaxFrameWidth) ||
      cut.hop_length == 0 || cut.hop_length > 240) {
    return fail(ErrorCode::kUsage,
                "frames: got " + std::to_string(cut.width) + " samples every " +
                    std::to_string(cut.hop_length) + " for a transform of " +
                    std::to_string(options.n_fft) + ", wanted a multiple of four of at most " +
                    std::to_string(kMaxFrameWidth) + " that fits, every 1 to 240");
  }
  SERMO_TRY(RealFftPlan plan, make_real_fft_plan(options.n_fft));
  return FramePower(options, std::move(plan));
}

FramePower::FramePower(const Options& options, RealFftPlan plan)
    : options_(options), plan_(std::move(plan)), window_(symmetric_hamming(options.cut.width)) {}

void FramePower::apply(const PaddedClip& clip, size_t first, size_t num_frames, FrameMatrix& power,
                       FftWorkspace& workspace) const {
  SERMO_CHECK(first + num_frames <= options_.cut.num_frames(clip.num_samples()),
              "the clip has these frames");
  power.resize(num_bins(), num_frames);
  HWY_DYNAMIC_DISPATCH(power_of_frames)
  (plan_, options_.cut, window_.data(), options_.floor, clip, first, power,
   workspace.scratch_for(plan_));
}

void waveform_shape(const PaddedClip& clip, const FrameCut& cut, size_t first, size_t num_frames,
                    float* peaks, float* crossings) {
  SERMO_CHECK(cut.width >= 2 && cut.width % 4 == 0 && cut.width <= kMaxFrameWidth &&
                  first + num_frames <= cut.num_frames(clip.num_samples()),
              "the clip has these frames");
  HWY_DYNAMIC_DISPATCH(shape_of_frames)(clip, cut, first, num_frames, peaks, crossings);
}

}  // namespace sermo::dsp
#endif
