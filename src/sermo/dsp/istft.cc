// Compiled with -ffp-contract=off, see fftpack-inl.h.
#include "sermo/dsp/istft.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/istft.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/fftpack-inl.h"
#include "sermo/dsp/transpose-inl.h"

#ifndef SERMO_DSP_ISTFT_ONCE_
#define SERMO_DSP_ISTFT_ONCE_
namespace sermo::dsp {

// The sum of all frames, laid out by position within a hop: sums[n * stride + c] belongs to sample
// c * hop_length + n, counted from half a frame before the clip. So the samples that sixteen
// neighbouring frames have at one position are sixteen neighbours here too.
struct HopSums {
  float* sums;
  size_t stride;
  size_t hop_length;
};

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Adds `num_frames` frames from frame f on, up to one vector of them, times the window. Products
// and sums are double and each sum is rounded to float, the earliest frame's first.
HWY_INLINE void overlap_add(const float* samples, size_t frame_length, const double* window,
                            size_t f, size_t num_frames, const HopSums& to) {
  const hn::CappedTag<double, kFramePadding / 2> d;
  const hn::Rebind<float, decltype(d)> d_float;
  const size_t frames_per_value = hn::Lanes(fftpack::Tag<float>());
  for (size_t q = frame_length / to.hop_length; q-- > 0;) {
    for (size_t n = 0; n < to.hop_length; ++n) {
      const float* from = samples + (q * to.hop_length + n) * frames_per_value;
      float* sum = to.sums + n * to.stride + f + q;
      const auto weight = hn::Set(d, window[q * to.hop_length + n]);
      for (size_t i = 0; i < num_frames; i += hn::Lanes(d)) {
        const auto value = hn::Mul(weight, hn::PromoteTo(d, hn::LoadU(d_float, from + i)));
        const auto of_frames = hn::IfThenElseZero(hn::FirstN(d, num_frames - i), value);
        const auto before = hn::PromoteTo(d, hn::LoadU(d_float, sum + i));
        hn::StoreU(hn::DemoteTo(d_float, hn::Add(before, of_frames)), d_float, sum + i);
      }
    }
  }
}

void add_clip(const FftpackPlan<float>& plan, const double* window, const Spectrum& spectrum,
              const HopSums& to, float* scratch) {
  using V = fftpack::V<float>;
  const fftpack::Tag<float> d;
  const size_t lanes = hn::Lanes(d);
  const size_t stride = spectrum.re.stride();
  float* samples = scratch + plan.num_scratch_values();
  for (size_t f = 0; f < spectrum.num_frames(); f += lanes) {
    const float* re_from = spectrum.re.data() + f;
    const float* im_from = spectrum.im.data() + f;
    fftpack::inverse_real_fft(
        plan,
        [&](size_t k, V& re, V& im) SERMO_VECTOR_LAMBDA {
          re = hn::Load(d, re_from + k * stride);
          im = hn::Load(d, im_from + k * stride);
        },
        [&](size_t n, V value) SERMO_VECTOR_LAMBDA { hn::Store(value, d, samples + n * lanes); },
        scratch);
    const size_t num_frames = std::min(lanes, spectrum.num_frames() - f);
    overlap_add(samples, plan.size, window, f, num_frames, to);
  }
}

// samples[c * hop_length + n] = sums[n][first + c] for `count` whole hops.
void collect_hops(const HopSums& from, size_t first, size_t count, float* samples) {
  const hn::CappedTag<float, 4> d4;
  transpose(d4, from.sums + first, from.stride, from.hop_length, count, samples, from.hop_length);
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(add_clip);
HWY_EXPORT(collect_hops);

Result<InverseStft> InverseStft::create(const Stft::Options& options) {
  SERMO_TRY_VOID(Stft::create(options));  // which knows what is supported
  if (options.hop_length % 4 != 0 || options.n_fft / options.hop_length < 2) {
    return fail(
        ErrorCode::kUsage,
        fmt::format("inverse STFT hop length: got {}, wanted a multiple of 4 and at most half "
                    "the frame length {}",
                    options.hop_length, options.n_fft));
  }
  SERMO_TRY(FftpackPlan<float> plan, make_fftpack_plan<float>(options.n_fft));
  return InverseStft(options, std::move(plan));
}

InverseStft::InverseStft(const Stft::Options& options, FftpackPlan<float> plan)
    : options_(options),
      plan_(std::move(plan)),
      window_(make_window(options.window, options.n_fft)),
      scaled_window_(window_) {
  for (double& value : scaled_window_) value /= static_cast<double>(options_.n_fft);
  for (size_t n = 0; n < options_.hop_length; ++n)
    full_energy_.push_back(window_energy(n, 0, options_.n_fft / options_.hop_length));
}

// The sum of squares of the window's values at this position of its hops first_hop to end_hop - 1,
// the earliest frame's first, or one where there is nothing to divide by.
float InverseStft::window_energy(size_t position_in_hop, size_t first_hop, size_t end_hop) const {
  float sum = 0.0f;
  for (size_t q = end_hop; q-- > first_hop;) {
    const double value = window_[q * options_.hop_length + position_in_hop];
    sum = static_cast<float>(static_cast<double>(sum) + value * value);
  }
  return sum > std::numeric_limits<float>::min() ? sum : 1.0f;
}

void InverseStft::transform(const Spectrum& spectrum, size_t num_samples,
                            std::vector<float>& samples, InverseStftWorkspace& workspace) const {
  const size_t hop = options_.hop_length;
  const size_t num_frames = spectrum.num_frames();
  const size_t hops_per_frame = options_.n_fft / hop;
  SERMO_CHECK(spectrum.num_bins() == num_bins(), "a spectrum has n_fft / 2 + 1 bins");
  SERMO_CHECK(num_frames == 1 + num_samples / hop, "a clip has 1 + samples / hop frames");
  samples.resize(num_samples);
  if (num_samples == 0) return;

  // Room for whole vectors of frames, as far as the last hop of the last frame reaches, and for
  // collecting four hops at a time.
  const size_t stride = padded_frames(padded_frames(num_frames) + hops_per_frame + 3);
  workspace.hops_.reserve(hop * stride);
  workspace.fft_.reserve(plan_.num_scratch_values() + options_.n_fft * kFramePadding);
  const HopSums sums{workspace.hops_.data(), stride, hop};
  std::fill(sums.sums, sums.sums + hop * stride, 0.0f);
  HWY_DYNAMIC_DISPATCH(add_clip)
  (plan_, scaled_window_.data(), spectrum, sums, workspace.fft_.data());

  const size_t lead = options_.n_fft / 2 / hop;  // hops before the clip begins
  const size_t num_whole_hops = num_samples / hop;
  HWY_DYNAMIC_DISPATCH(collect_hops)(sums, lead, num_whole_hops, samples.data());
  for (size_t i = num_whole_hops * hop; i < num_samples; ++i)
    samples[i] = sums.sums[i % hop * stride + lead + num_whole_hops];

  for (size_t c = lead; (c - lead) * hop < num_samples; ++c) {
    float* out = samples.data() + (c - lead) * hop;
    const size_t count = std::min(hop, num_samples - (c - lead) * hop);
    // Frame c - q lies over hop c with its hop q.
    const size_t first_q = c < num_frames ? 0 : c - num_frames + 1;
    const size_t end_q = std::min(hops_per_frame, c + 1);
    if (first_q == 0 && end_q == hops_per_frame) {
      for (size_t n = 0; n < count; ++n) out[n] /= full_energy_[n];
    } else {
      for (size_t n = 0; n < count; ++n) out[n] /= window_energy(n, first_q, end_q);
    }
  }
}

}  // namespace sermo::dsp
#endif
