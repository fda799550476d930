#include "sermo/dsp/stft.h"

#include <cmath>
#include <numbers>
#include <string>

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/stft.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/fft-inl.h"
#include "sermo/dsp/magnitude-inl.h"

#ifndef SERMO_DSP_STFT_ONCE_
#define SERMO_DSP_STFT_ONCE_
namespace sermo::dsp {

struct HoppedClip {
  const float* hops;  // [hop_length][stride]
  size_t stride;
  size_t hop_length;
};

}  // namespace sermo::dsp
#endif

// The clip, padded, is first laid out once by position within a hop: hops[n][c] is padded sample
// c * hop_length + n. Sample q * hop_length + n of the frames f, f + 1, ... is then the run of
// floats at hops[n][f + q], so that each sample is moved once although it belongs to
// n_fft / hop_length frames.
HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// Lays `samples`, put after `lead` zeros and followed by zeros, into hops[hop_length][stride].
void lay_out_hops(std::span<const float> samples, size_t lead, size_t hop_length, size_t stride,
                  float* hops) {
  const auto at = [&](size_t position) {
    return position < lead || position - lead >= samples.size() ? 0.0f : samples[position - lead];
  };
  for (size_t c = 0; c < stride; c += 4) {
#if HWY_TARGET != HWY_SCALAR  // which knows no vectors of four
    if (c * hop_length >= lead && (c + 4) * hop_length <= lead + samples.size() &&
        hop_length % 4 == 0) {
      const hn::FixedTag<float, 4> d4;
      const float* from = samples.data() + (c * hop_length - lead);
      for (size_t n = 0; n < hop_length; n += 4) {
        // Four hops of four samples each, transposed.
        const auto hop0 = hn::LoadU(d4, from + n);
        const auto hop1 = hn::LoadU(d4, from + n + hop_length);
        const auto hop2 = hn::LoadU(d4, from + n + 2 * hop_length);
        const auto hop3 = hn::LoadU(d4, from + n + 3 * hop_length);
        const auto low02 = hn::InterleaveLower(d4, hop0, hop2);
        const auto low13 = hn::InterleaveLower(d4, hop1, hop3);
        const auto high02 = hn::InterleaveUpper(d4, hop0, hop2);
        const auto high13 = hn::InterleaveUpper(d4, hop1, hop3);
        float* to = hops + n * stride + c;
        hn::Store(hn::InterleaveLower(d4, low02, low13), d4, to);
        hn::Store(hn::InterleaveUpper(d4, low02, low13), d4, to + stride);
        hn::Store(hn::InterleaveLower(d4, high02, high13), d4, to + 2 * stride);
        hn::Store(hn::InterleaveUpper(d4, high02, high13), d4, to + 3 * stride);
      }
      continue;
    }
#endif
    for (size_t n = 0; n < hop_length; ++n) {
      for (size_t i = c; i < c + 4; ++i) hops[n * stride + i] = at(i * hop_length + n);
    }
  }
}

// Floats in memory, vectors of T in registers.
template <class D>
HWY_INLINE hn::Vec<D> load_frames(D d, const float* from) {
  if constexpr (sizeof(hn::TFromD<D>) == sizeof(float)) {
    return hn::LoadU(d, from);
  } else {
    return hn::PromoteTo(d, hn::LoadU(hn::Rebind<float, D>(), from));
  }
}
template <class D>
HWY_INLINE auto to_floats(D d, hn::Vec<D> values) {
  if constexpr (sizeof(hn::TFromD<D>) == sizeof(float)) {
    (void)d;
    return values;
  } else {
    return hn::DemoteTo(hn::Rebind<float, D>(), values);
  }
}

template <typename T>
void transform_clip(const RealFftPlan<T>& plan, const T* window, const HoppedClip& clip,
                    Spectrum& spectrum, FrameMatrix* magnitude, T* scratch) {
  const FftTag<T> d;
  using V = hn::Vec<FftTag<T>>;
  const hn::Rebind<float, FftTag<T>> d_float;
  const size_t stride = spectrum.re.stride();
  const bool wants_magnitude = magnitude != nullptr;
  for (size_t f = 0; f < spectrum.num_frames(); f += hn::Lanes(d)) {
    float* re_to = spectrum.re.data() + f;
    float* im_to = spectrum.im.data() + f;
    float* magnitude_to = wants_magnitude ? magnitude->data() + f : nullptr;
    forward_real_fft(
        d, plan,
        [&](size_t m, V& even, V& odd) SERMO_VECTOR_LAMBDA {
          const size_t n = 2 * m;
          const float* from =
              clip.hops + n % clip.hop_length * clip.stride + n / clip.hop_length + f;
          even = hn::Mul(hn::Set(d, window[n]), load_frames(d, from));
          odd = hn::Mul(hn::Set(d, window[n + 1]), load_frames(d, from + clip.stride));
        },
        [&](size_t k, V re_value, V im_value) SERMO_VECTOR_LAMBDA {
          const auto re = to_floats(d, re_value);
          const auto im = to_floats(d, im_value);
          hn::Store(re, d_float, re_to + k * stride);
          hn::Store(im, d_float, im_to + k * stride);
          if (wants_magnitude) {
            hn::Store(magnitude_of(d_float, re, im), d_float, magnitude_to + k * stride);
          }
        },
        scratch);
  }
}

// One name for each, for the dispatch.
void transform_clip_single(const RealFftPlan<float>& plan, const float* window,
                           const HoppedClip& clip, Spectrum& spectrum, FrameMatrix* magnitude,
                           float* scratch) {
  transform_clip(plan, window, clip, spectrum, magnitude, scratch);
}
void transform_clip_double(const RealFftPlan<double>& plan, const double* window,
                           const HoppedClip& clip, Spectrum& spectrum, FrameMatrix* magnitude,
                           double* scratch) {
  transform_clip(plan, window, clip, spectrum, magnitude, scratch);
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(lay_out_hops);
HWY_EXPORT(transform_clip_single);
HWY_EXPORT(transform_clip_double);

std::vector<double> make_window(Window window, size_t size) {
  std::vector<double> values(size, 1.0);
  if (window == Window::kHann) {
    for (size_t n = 0; n < size; ++n) {
      const double angle =
          2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size);
      values[n] = 0.5 - 0.5 * std::cos(angle);
    }
  }
  return values;
}

template <typename T>
Result<Stft::Tables<T>> Stft::make_tables(const Options& options) {
  SERMO_TRY(RealFftPlan<T> plan, make_real_fft_plan<T>(options.n_fft));
  const std::vector<double> window = make_window(options.window, options.n_fft);
  return Tables<T>{std::move(plan), std::vector<T>(window.begin(), window.end())};
}

Result<Stft> Stft::create(const Options& options) {
  const size_t hop = options.hop_length;
  if (hop == 0 || hop % 2 != 0 || options.n_fft % hop != 0) {
    return fail(ErrorCode::kUsage, "STFT hop length: got " + std::to_string(hop) +
                                       ", wanted an even divisor of the frame length " +
                                       std::to_string(options.n_fft));
  }
  Stft stft(options);
  if (options.precision == Precision::kSingle) {
    SERMO_TRY(stft.single_, make_tables<float>(options));
  } else {
    SERMO_TRY(stft.double_, make_tables<double>(options));
  }
  return stft;
}

void Stft::run(std::span<const float> samples, Spectrum& spectrum, FrameMatrix* magnitude,
               StftWorkspace& workspace) const {
  const size_t frames = num_frames(samples.size());
  spectrum.resize(num_bins(), frames);
  if (magnitude != nullptr) magnitude->resize(num_bins(), frames);
  // The last vector of frames may start anywhere in a row and reaches n_fft / hop_length - 1 on.
  const size_t stride =
      padded_frames(padded_frames(frames) + options_.n_fft / options_.hop_length - 1);
  workspace.hops_.reserve(options_.hop_length * stride);
  HWY_DYNAMIC_DISPATCH(lay_out_hops)
  (samples, options_.n_fft / 2, options_.hop_length, stride, workspace.hops_.data());
  const HoppedClip clip{workspace.hops_.data(), stride, options_.hop_length};
  if (options_.precision == Precision::kSingle) {
    HWY_DYNAMIC_DISPATCH(transform_clip_single)
    (single_.plan, single_.window.data(), clip, spectrum, magnitude,
     workspace.fft_.scratch_for(single_.plan));
  } else {
    HWY_DYNAMIC_DISPATCH(transform_clip_double)
    (double_.plan, double_.window.data(), clip, spectrum, magnitude,
     workspace.fft_.scratch_for(double_.plan));
  }
}

void Stft::transform(std::span<const float> samples, Spectrum& spectrum,
                     StftWorkspace& workspace) const {
  run(samples, spectrum, nullptr, workspace);
}

void Stft::transform(std::span<const float> samples, Spectrum& spectrum, FrameMatrix& magnitude,
                     StftWorkspace& workspace) const {
  run(samples, spectrum, &magnitude, workspace);
}

}  // namespace sermo::dsp
#endif
