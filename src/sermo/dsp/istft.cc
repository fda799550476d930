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

#include "sermo/dsp/fft-inl.h"
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

using D = FftTag<float>;
using V = hn::Vec<D>;

template <class Load>
HWY_INLINE void add_frames(D d, const RealFftPlan<float>& plan, const float* window,
                           size_t num_frames, const HopSums& to, float* scratch, const Load& load) {
  for (size_t f = 0; f < num_frames; f += hn::Lanes(d)) {
    const auto is_frame = hn::FirstN(d, num_frames - f);
    const auto add = [&](size_t n, V sample) SERMO_VECTOR_LAMBDA {
      float* sum = to.sums + n % to.hop_length * to.stride + n / to.hop_length + f;
      const V windowed = hn::Mul(hn::Set(d, window[n]), sample);
      hn::StoreU(hn::Add(hn::LoadU(d, sum), hn::IfThenElseZero(is_frame, windowed)), d, sum);
    };
    inverse_real_fft(
        d, plan, [&](size_t k, V& re, V& im) SERMO_VECTOR_LAMBDA { load(k, f, re, im); },
        [&](size_t m, V even, V odd) SERMO_VECTOR_LAMBDA {
          add(2 * m, even);
          add(2 * m + 1, odd);
        },
        scratch);
  }
}

void add_clip(const RealFftPlan<float>& plan, const float* window, const Spectrum& spectrum,
              const FrameMatrix* mask, const HopSums& to, float* scratch) {
  const D d;
  const size_t stride = spectrum.re.stride();
  const float* re_from = spectrum.re.data();
  const float* im_from = spectrum.im.data();
  if (mask == nullptr) {
    add_frames(d, plan, window, spectrum.num_frames(), to, scratch,
               [&](size_t k, size_t f, V& re, V& im) SERMO_VECTOR_LAMBDA {
                 re = hn::Load(d, re_from + k * stride + f);
                 im = hn::Load(d, im_from + k * stride + f);
               });
  } else {
    const float* mask_from = mask->data();
    add_frames(d, plan, window, spectrum.num_frames(), to, scratch,
               [&](size_t k, size_t f, V& re, V& im) SERMO_VECTOR_LAMBDA {
                 const V share = hn::Load(d, mask_from + k * stride + f);
                 re = hn::Mul(share, hn::Load(d, re_from + k * stride + f));
                 im = hn::Mul(share, hn::Load(d, im_from + k * stride + f));
               });
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
  SERMO_TRY_VOID(Stft::create(options));
  if (options.hop_length % 4 != 0 || options.n_fft / options.hop_length < 2) {
    return fail(
        ErrorCode::kUsage,
        fmt::format("inverse STFT hop length: got {}, wanted a multiple of 4 and at most half "
                    "the frame length {}",
                    options.hop_length, options.n_fft));
  }
  SERMO_TRY(RealFftPlan<float> plan, make_real_fft_plan<float>(options.n_fft));
  return InverseStft(options, std::move(plan));
}

InverseStft::InverseStft(const Stft::Options& options, RealFftPlan<float> plan)
    : options_(options), plan_(std::move(plan)) {
  for (const double exact : make_window(options.window, options.n_fft)) {
    const auto value = static_cast<float>(exact);
    squared_window_.push_back(static_cast<double>(value) * static_cast<double>(value));
    scaled_window_.push_back(value / static_cast<float>(plan_.half));
  }
  for (size_t n = 0; n < options_.hop_length; ++n)
    full_gain_.push_back(gain(n, 0, options_.n_fft / options_.hop_length));
}

// One over the sum of squares of the window's values at this position of its hops first_hop to
// end_hop - 1, or one where there is nothing to divide by.
float InverseStft::gain(size_t position_in_hop, size_t first_hop, size_t end_hop) const {
  float sum = 0.0f;
  for (size_t q = end_hop; q-- > first_hop;)  // the earliest frame first, as librosa adds
    sum = static_cast<float>(static_cast<double>(sum) +
                             squared_window_[q * options_.hop_length + position_in_hop]);
  return sum > std::numeric_limits<float>::min() ? 1.0f / sum : 1.0f;
}

void InverseStft::run(const Spectrum& spectrum, const FrameMatrix* mask, size_t num_samples,
                      std::vector<float>& samples, InverseStftWorkspace& workspace) const {
  const size_t hop = options_.hop_length;
  const size_t num_frames = spectrum.num_frames();
  const size_t hops_per_frame = options_.n_fft / hop;
  SERMO_CHECK(spectrum.num_bins() == num_bins(), "a spectrum has n_fft / 2 + 1 bins");
  SERMO_CHECK(num_frames == 1 + num_samples / hop, "a clip has 1 + samples / hop frames");
  samples.resize(num_samples);
  if (num_samples == 0) return;

  const size_t stride = padded_frames(padded_frames(num_frames) + hops_per_frame + 3);
  workspace.hops_.reserve(hop * stride);
  const HopSums sums{workspace.hops_.data(), stride, hop};
  std::fill(sums.sums, sums.sums + hop * stride, 0.0f);
  HWY_DYNAMIC_DISPATCH(add_clip)
  (plan_, scaled_window_.data(), spectrum, mask, sums, workspace.fft_.scratch_for(plan_));

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
      for (size_t n = 0; n < count; ++n) out[n] *= full_gain_[n];
    } else {
      for (size_t n = 0; n < count; ++n) out[n] *= gain(n, first_q, end_q);
    }
  }
}

void InverseStft::transform(const Spectrum& spectrum, size_t num_samples,
                            std::vector<float>& samples, InverseStftWorkspace& workspace) const {
  run(spectrum, nullptr, num_samples, samples, workspace);
}

void InverseStft::transform(const Spectrum& spectrum, const FrameMatrix& mask, size_t num_samples,
                            std::vector<float>& samples, InverseStftWorkspace& workspace) const {
  SERMO_CHECK(mask.num_rows() == spectrum.num_bins() && mask.num_frames() == spectrum.num_frames(),
              "a mask has the spectrum's shape");
  run(spectrum, &mask, num_samples, samples, workspace);
}

}  // namespace sermo::dsp
#endif
