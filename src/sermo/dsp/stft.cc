// Compiled with -ffp-contract=off, see fftpack-inl.h.
#include "sermo/dsp/stft.h"

#include <bit>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/stft.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/fftpack-inl.h"
#include "sermo/dsp/magnitude-inl.h"

#ifndef SERMO_DSP_STFT_ONCE_
#define SERMO_DSP_STFT_ONCE_
namespace sermo::dsp {

struct HoppedClip {
  const float* hops;  // [hop_length][stride]
  size_t stride;
  int hop_bits;  // the hop length is a power of two, as it divides one

  // Sample n of the first frame.
  const float* at(size_t n) const {
    const size_t within = n & ((size_t{1} << hop_bits) - 1);
    return hops + within * stride + (n >> hop_bits);
  }
};

}  // namespace sermo::dsp
#endif

// The clip, padded, is first laid out once by position within a hop: hops[n][c] is padded sample
// c * hop_length + n. Sample q * hop_length + n of the frames f, f + 1, ... is then the run of
// floats at hops[n][f + q], so that each sample is moved once although it belongs to
// n_fft / hop_length frames.
HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

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

void transform_clip(const FftpackPlan<double>& plan, const double* window, const HoppedClip& clip,
                    size_t first_bin, Spectrum& spectrum, FrameMatrix* magnitude, double* scratch) {
  using V = fftpack::V<double>;
  const fftpack::Tag<double> d;
  const hn::Rebind<float, fftpack::Tag<double>> d_float;
  const size_t stride = spectrum.re.stride();
  const bool wants_magnitude = magnitude != nullptr;
  for (size_t f = 0; f < spectrum.num_frames(); f += hn::Lanes(d)) {
    float* re_to = spectrum.re.data() + f;
    float* im_to = spectrum.im.data() + f;
    float* magnitude_to = wants_magnitude ? magnitude->data() + f : nullptr;
    fftpack::forward_real_fft(
        plan,
        [&](size_t n) SERMO_VECTOR_LAMBDA {
          return hn::Mul(hn::Set(d, window[n]),
                         hn::PromoteTo(d, hn::LoadU(d_float, clip.at(n) + f)));
        },
        first_bin, first_bin + spectrum.num_bins(),
        [&](size_t k, V re_value, V im_value) SERMO_VECTOR_LAMBDA {
          const size_t to = (k - first_bin) * stride;
          const auto re = hn::DemoteTo(d_float, re_value);
          const auto im = hn::DemoteTo(d_float, im_value);
          hn::Store(re, d_float, re_to + to);
          hn::Store(im, d_float, im_to + to);
          if (wants_magnitude) hn::Store(magnitude_of(d_float, re, im), d_float, magnitude_to + to);
        },
        scratch);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(lay_out_hops);
HWY_EXPORT(transform_clip);

std::vector<double> make_window(Window window, size_t size) {
  std::vector<double> values(size, 1.0);
  if (window == Window::kHann) {
    // The angles that SciPy takes, for its bits: from -pi on.
    const double step = 2.0 * std::numbers::pi / static_cast<double>(size);
    for (size_t n = 0; n < size; ++n)
      values[n] = 0.5 + 0.5 * std::cos(static_cast<double>(n) * step + -std::numbers::pi);
  }
  return values;
}

Result<Stft> Stft::create(const Options& options) {
  const size_t hop = options.hop_length;
  if (hop == 0 || hop % 2 != 0 || options.n_fft % hop != 0) {
    return fail(ErrorCode::kUsage, "STFT hop length: got " + std::to_string(hop) +
                                       ", wanted an even divisor of the frame length " +
                                       std::to_string(options.n_fft));
  }
  SERMO_TRY(FftpackPlan<double> plan, make_fftpack_plan<double>(options.n_fft));
  return Stft(options, std::move(plan));
}

Stft::Stft(const Options& options, FftpackPlan<double> plan)
    : options_(options),
      plan_(std::move(plan)),
      window_(make_window(options.window, options.n_fft)) {}

// Bins from first_bin on, as many as the spectrum has.
void Stft::run(std::span<const float> samples, size_t first_bin, Spectrum& spectrum,
               FrameMatrix* magnitude, StftWorkspace& workspace) const {
  // The last vector of frames may start anywhere in a row and reaches n_fft / hop_length - 1 on.
  const size_t stride = padded_frames(padded_frames(spectrum.num_frames()) +
                                      options_.n_fft / options_.hop_length - 1);
  workspace.hops_.reserve(options_.hop_length * stride);
  HWY_DYNAMIC_DISPATCH(lay_out_hops)
  (samples, options_.n_fft / 2, options_.hop_length, stride, workspace.hops_.data());
  const HoppedClip clip{workspace.hops_.data(), stride, std::countr_zero(options_.hop_length)};
  HWY_DYNAMIC_DISPATCH(transform_clip)
  (plan_, window_.data(), clip, first_bin, spectrum, magnitude, workspace.fft_.scratch_for(plan_));
}

void Stft::transform(std::span<const float> samples, Spectrum& spectrum,
                     StftWorkspace& workspace) const {
  transform_bins(samples, 0, num_bins(), spectrum, workspace);
}

void Stft::transform(std::span<const float> samples, Spectrum& spectrum, FrameMatrix& magnitude,
                     StftWorkspace& workspace) const {
  spectrum.resize(num_bins(), num_frames(samples.size()));
  magnitude.resize(num_bins(), num_frames(samples.size()));
  run(samples, 0, spectrum, &magnitude, workspace);
}

void Stft::transform_bins(std::span<const float> samples, size_t first_bin, size_t end_bin,
                          Spectrum& spectrum, StftWorkspace& workspace) const {
  SERMO_CHECK(first_bin <= end_bin && end_bin <= num_bins(), "a frame has n_fft / 2 + 1 bins");
  spectrum.resize(end_bin - first_bin, num_frames(samples.size()));
  run(samples, first_bin, spectrum, nullptr, workspace);
}

}  // namespace sermo::dsp
#endif
