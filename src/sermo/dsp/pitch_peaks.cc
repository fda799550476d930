#include "sermo/dsp/pitch_peaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/pitch_peaks.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Appends the positions of the peaks of bins first_bin to end_bin - 1. `floor` has room for a row.
void find_peaks(const FrameMatrix& spectrogram, size_t first_bin, size_t end_bin, float threshold,
                float* floor, std::vector<size_t>& positions) {
  const hn::CappedTag<float, kFramePadding> d;
  const size_t lanes = hn::Lanes(d);
  const size_t num_frames = spectrogram.num_frames();
  const size_t stride = spectrogram.stride();

  std::fill(floor, floor + stride, 0.0f);
  for (size_t k = 0; k < spectrogram.num_rows(); ++k) {
    const float* row = spectrogram.row(k);
    for (size_t f = 0; f < num_frames; f += lanes)
      hn::Store(hn::Max(hn::Load(d, floor + f), hn::Load(d, row + f)), d, floor + f);
  }
  for (size_t f = 0; f < num_frames; f += lanes)
    hn::Store(hn::Mul(hn::Set(d, threshold), hn::Load(d, floor + f)), d, floor + f);

  for (size_t k = first_bin; k < end_bin; ++k) {
    const float* row = spectrogram.row(k);
    for (size_t f = 0; f < num_frames; f += lanes) {
      const auto at = hn::Load(d, row + f);
      // librosa sets what does not exceed the floor to zero and compares then. That changes
      // nothing: a bin above the floor is larger than any neighbour that is not.
      const auto is_peak = hn::And(hn::Gt(at, hn::Load(d, floor + f)),
                                   hn::And(hn::Gt(at, hn::Load(d, row + f - stride)),
                                           hn::Ge(at, hn::Load(d, row + f + stride))));
      if (hn::AllFalse(d, is_peak)) continue;
      uint8_t bytes[8] = {};  // StoreMaskBits may write all of these
      hn::StoreMaskBits(d, is_peak, bytes);
      for (uint32_t bits = bytes[0] | uint32_t{bytes[1]} << 8; bits != 0; bits &= bits - 1) {
        const size_t frame = f + static_cast<size_t>(std::countr_zero(bits));
        if (frame < num_frames) positions.push_back(k * stride + frame);
      }
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(find_peaks);

Result<PitchPeaks> PitchPeaks::create(const Options& options) {
  const double nyquist_hz = options.sample_rate_hz / 2.0;
  if (!(options.n_fft >= 4 && options.n_fft % 2 == 0 && options.min_hz > 0.0 &&
        options.max_hz <= nyquist_hz)) {
    return fail(
        ErrorCode::kUsage,
        fmt::format("peaks from {} to {} Hz: wanted a range above 0 and up to {} Hz, and an "
                    "even frame length (got {})",
                    options.min_hz, options.max_hz, nyquist_hz, options.n_fft));
  }
  // As numpy.fft.rfftfreq computes them.
  const double hz_per_bin =
      1.0 / (static_cast<double>(options.n_fft) * (1.0 / options.sample_rate_hz));
  const auto hz = [&](size_t bin) { return static_cast<double>(bin) * hz_per_bin; };
  size_t first_bin = 1;
  while (hz(first_bin) < options.min_hz) ++first_bin;
  size_t end_bin = first_bin;
  while (end_bin < options.n_fft / 2 && hz(end_bin) < options.max_hz) ++end_bin;
  if (end_bin == first_bin) {
    return fail(ErrorCode::kUsage,
                fmt::format("peaks from {} to {} Hz: no bin of a spectrum of {} samples lies there",
                            options.min_hz, options.max_hz, options.n_fft));
  }
  return PitchPeaks(options, first_bin, end_bin);
}

// What is double here and what float is as numpy and numba have it.
PitchPeak PitchPeaks::interpolate(const FrameMatrix& spectrogram, size_t position) const {
  const float* p = spectrogram.data() + position;
  const float at = p[0];
  const float below = *(p - spectrogram.stride());
  const float above = p[spectrogram.stride()];
  const double curvature = static_cast<double>(below + above) - 2.0 * static_cast<double>(at);
  const double slope = static_cast<double>(above - below) / 2.0;
  const bool within_a_bin = std::abs(slope) < std::abs(curvature);
  const float shift = within_a_bin ? static_cast<float>(-slope / curvature) : 0.0f;
  const double place =
      static_cast<double>(position / spectrogram.stride()) + static_cast<double>(shift);
  const float gradient = (above - below) / 2.0f;
  const float rise = 0.5f * gradient * shift;
  return {static_cast<float>(place * options_.sample_rate_hz / static_cast<double>(options_.n_fft)),
          at + rise};
}

std::span<const PitchPeak> PitchPeaks::find(const FrameMatrix& spectrogram,
                                            PitchPeaksWorkspace& workspace) const {
  SERMO_CHECK(spectrogram.num_rows() == options_.n_fft / 2 + 1,
              "a spectrogram has n_fft / 2 + 1 bins");
  workspace.floor_.reserve(spectrogram.stride());
  workspace.positions_.clear();
  HWY_DYNAMIC_DISPATCH(find_peaks)
  (spectrogram, first_bin_, end_bin_, options_.threshold, workspace.floor_.data(),
   workspace.positions_);
  workspace.peaks_.clear();
  for (const size_t position : workspace.positions_)
    workspace.peaks_.push_back(interpolate(spectrogram, position));
  return workspace.peaks_;
}

}  // namespace sermo::dsp
#endif
