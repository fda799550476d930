#include "sermo/dsp/spectral_contrast.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sermo/dsp/decibel.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/spectral_contrast.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/frame_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// The kKept smallest and largest values of a column, sorted, by insertion: each new value sinks
// through the list by a minimum and a maximum a place, in all frames alike.
template <size_t kKept>
HWY_INLINE void average_extremes(const SpectralContrast::Band& band, const FrameMatrix& magnitude,
                                 size_t f, float* valley, float* peak) {
  const D d;
  V low[kKept];
  V high[kKept];
  for (size_t i = 0; i < kKept; ++i) {
    low[i] = hn::Set(d, HUGE_VALF);
    high[i] = hn::Set(d, -1.0f);  // below any magnitude
  }
  for (size_t k = 0; k < band.num_bins; ++k) {
    V sinking = hn::Load(d, magnitude.row(band.first_bin + k) + f);
    V rising = sinking;
    for (size_t i = 0; i < kKept; ++i) {
      const V lower = hn::Min(low[i], sinking);
      sinking = hn::Max(low[i], sinking);
      low[i] = lower;
      const V higher = hn::Max(high[i], rising);
      rising = hn::Min(high[i], rising);
      high[i] = higher;
    }
  }
  HWY_ALIGN float lows[kKept * kFramePadding];
  HWY_ALIGN float highs[kKept * kFramePadding];
  for (size_t i = 0; i < kKept; ++i) {
    hn::Store(low[i], d, lows + i * hn::Lanes(d));
    hn::Store(high[i], d, highs + i * hn::Lanes(d));
  }
  V low_sum = hn::Zero(d);
  V high_sum = hn::Zero(d);
  for (size_t i = 0; i < band.num_extremes; ++i) {
    low_sum = hn::Add(low_sum, hn::Load(d, lows + i * hn::Lanes(d)));
    high_sum = hn::Add(high_sum, hn::Load(d, highs + i * hn::Lanes(d)));
  }
  const V count = hn::Set(d, static_cast<float>(band.num_extremes));
  hn::Store(hn::Div(low_sum, count), d, valley + f);
  hn::Store(hn::Div(high_sum, count), d, peak + f);
}

template <size_t kKept>
void average_band(const SpectralContrast::Band& band, const FrameMatrix& magnitude, float* valley,
                  float* peak) {
  for (size_t f = 0; f < magnitude.num_frames(); f += hn::Lanes(D())) {
    average_extremes<kKept>(band, magnitude, f, valley, peak);
  }
}

void average_bands(const std::vector<SpectralContrast::Band>& bands, const FrameMatrix& magnitude,
                   FrameMatrix& valleys, FrameMatrix& peaks) {
  for (size_t b = 0; b < bands.size(); ++b) {
    float* valley = valleys.row(b);
    float* peak = peaks.row(b);
    // A list may keep more than are averaged; it is sorted.
    if (bands[b].num_extremes <= 1) {
      average_band<1>(bands[b], magnitude, valley, peak);
    } else if (bands[b].num_extremes <= 3) {
      average_band<3>(bands[b], magnitude, valley, peak);
    } else if (bands[b].num_extremes <= 6) {
      average_band<6>(bands[b], magnitude, valley, peak);
    } else if (bands[b].num_extremes <= 10) {
      average_band<10>(bands[b], magnitude, valley, peak);
    } else {
      average_band<SpectralContrast::kMaxExtremes>(bands[b], magnitude, valley, peak);
    }
  }
}

// contrast = peaks - valleys
void subtract(const FrameMatrix& peaks, const FrameMatrix& valleys, FrameMatrix& contrast) {
  const D d;
  for (size_t i = 0; i < contrast.num_rows() * contrast.stride(); i += hn::Lanes(d)) {
    const V peak = hn::Load(d, peaks.data() + i);
    const V valley = hn::Load(d, valleys.data() + i);
    hn::Store(hn::Sub(peak, valley), d, contrast.data() + i);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(average_bands);
HWY_EXPORT(subtract);

Result<SpectralContrast> SpectralContrast::create(const Options& options) {
  const size_t num_bins = options.n_fft / 2 + 1;
  const double top_hz = options.sample_rate_hz / 2;
  const double last_start_hz =
      options.min_frequency_hz * std::exp2(static_cast<double>(options.num_octaves) - 1);
  if (!(options.min_frequency_hz > 0) || options.num_octaves == 0 || last_start_hz >= top_hz) {
    return fail(ErrorCode::kUsage,
                "spectral contrast: the last band would start at " + std::to_string(last_start_hz) +
                    " Hz, wanted less than half the rate, " + std::to_string(top_hz) + " Hz");
  }
  const auto frequency_hz = [&](size_t k) {
    return static_cast<double>(k) * options.sample_rate_hz / static_cast<double>(options.n_fft);
  };
  std::vector<Band> bands;
  for (size_t b = 0; b <= options.num_octaves; ++b) {
    const bool is_last = b == options.num_octaves;
    const double low_hz =
        b == 0 ? 0.0 : options.min_frequency_hz * std::exp2(static_cast<double>(b) - 1);
    const double high_hz = options.min_frequency_hz * std::exp2(static_cast<double>(b));
    size_t first = 0;
    while (first < num_bins && frequency_hz(first) < low_hz) ++first;
    size_t end = first;
    while (end < num_bins && (is_last || frequency_hz(end) <= high_hz)) ++end;
    if (end == first) {
      return fail(ErrorCode::kUsage, "spectral contrast: no bin between " + std::to_string(low_hz) +
                                         " and " + std::to_string(high_hz) + " Hz");
    }
    // librosa takes one bin below the band into it, counts the quantile over all of them, and then
    // leaves the uppermost out, except in the last band.
    if (b > 0) --first;
    const double share = std::nearbyint(options.quantile * static_cast<double>(end - first));
    Band band;
    band.first_bin = first;
    band.num_bins = end - first - (is_last ? 0 : 1);
    band.num_extremes = static_cast<size_t>(std::max(share, 1.0));
    if (band.num_extremes > std::min(kMaxExtremes, band.num_bins)) {
      return fail(ErrorCode::kUsage, "spectral contrast: quantile of " +
                                         std::to_string(band.num_extremes) + " bins of " +
                                         std::to_string(band.num_bins) + ", wanted at most " +
                                         std::to_string(kMaxExtremes));
    }
    bands.push_back(band);
  }
  return SpectralContrast(num_bins, std::move(bands));
}

void SpectralContrast::apply(const FrameMatrix& magnitude, FrameMatrix& contrast,
                             Workspace& workspace) const {
  SERMO_CHECK(magnitude.num_rows() == num_spectrum_bins_, "the spectrum has the options' bins");
  const size_t num_frames = magnitude.num_frames();
  workspace.peaks.resize(bands_.size(), num_frames);
  workspace.valleys.resize(bands_.size(), num_frames);
  contrast.resize(bands_.size(), num_frames);
  HWY_DYNAMIC_DISPATCH(average_bands)(bands_, magnitude, workspace.valleys, workspace.peaks);
  power_to_db(workspace.peaks, workspace.peaks);
  power_to_db(workspace.valleys, workspace.valleys);
  HWY_DYNAMIC_DISPATCH(subtract)(workspace.peaks, workspace.valleys, contrast);
}

}  // namespace sermo::dsp
#endif
