#include "sermo/dsp/spectral_profile.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/spectral_profile.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

#include "sermo/dsp/frame_vectors-inl.h"

#ifndef SERMO_DSP_SPECTRAL_PROFILE_ONCE_
#define SERMO_DSP_SPECTRAL_PROFILE_ONCE_
namespace sermo::dsp {

inline constexpr float kDbPerNeper = 4.342944819032518f;  // 10 log10 P = 4.34.. ln P

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
using Layout = SpectralProfile::Layout;
using Bins = SpectralProfile::Bins;
using Row = SpectralProfile::Row;

// A column of sixteen or fewer frames of a matrix.
struct Column {
  const float* first;
  size_t stride;
  HWY_INLINE V operator()(D d, size_t k) const { return hn::Load(d, first + k * stride); }
};

HWY_INLINE V sum_of(D d, Bins bins, Column values) {
  V sum = hn::Zero(d);
  for (size_t k = bins.first; k < bins.end; ++k) sum = hn::Add(sum, values(d, k));
  return sum;
}

HWY_INLINE V largest_of(D d, Bins bins, Column values) {
  V largest = values(d, bins.first);
  for (size_t k = bins.first + 1; k < bins.end; ++k) largest = hn::Max(largest, values(d, k));
  return largest;
}

// Where the running sum of P passes each quantile of the total. The sum is compensated (Kahan), so
// that a bin at which it nearly touches a quantile falls to the side to which exact sums fall.
HWY_INLINE void find_rolloffs(D d, const Layout& layout, Column power, V total, V (&rolloffs)[4]) {
  const float shares[4] = {0.25f, 0.5f, 0.75f, 0.9f};
  V thresholds[4];
  V counts[4];
  for (size_t q = 0; q < 4; ++q) {
    thresholds[q] = hn::Mul(hn::Set(d, shares[q]), total);
    counts[q] = hn::Zero(d);
  }
  const V one = hn::Set(d, 1.0f);
  V sum = hn::Zero(d);
  V lost = hn::Zero(d);
  for (size_t k = 0; k < layout.num_bins; ++k) {
    const V term = hn::Sub(power(d, k), lost);
    const V next = hn::Add(sum, term);
    lost = hn::Sub(hn::Sub(next, sum), term);
    sum = next;
    for (size_t q = 0; q < 4; ++q) {
      counts[q] = hn::Add(counts[q], hn::IfThenElseZero(hn::Lt(sum, thresholds[q]), one));
    }
  }
  const V last = hn::Set(d, static_cast<float>(layout.num_bins - 1));
  const V hz_per_bin = hn::Set(d, layout.hz_per_bin);
  for (size_t q = 0; q < 4; ++q) rolloffs[q] = hn::Mul(hz_per_bin, hn::Min(counts[q], last));
}

HWY_INLINE V slope_of(D d, const SpectralProfile::Slope& slope, Column log_power) {
  V sum = hn::Zero(d);
  float offset = slope.first_offset;
  for (size_t k = slope.bins.first; k < slope.bins.end; ++k, offset += 1.0f) {
    sum = hn::MulAdd(hn::Set(d, offset), log_power(d, k), sum);
  }
  return hn::Mul(hn::Set(d, slope.per_step), sum);
}

// `roots` holds frames from its column kFramePadding on, and the frame before them.
void profile_frames(const Layout& layout, const FrameMatrix& power, FrameMatrix& log_power,
                    FrameMatrix& roots, FrameMatrix& rows) {
  const D d;
  const size_t num_bins = layout.num_bins;
  const V hz_per_bin = hn::Set(d, layout.hz_per_bin);
  const V db_per_neper = hn::Set(d, kDbPerNeper);
  const V per_bin = hn::Set(d, 1.0f / static_cast<float>(num_bins));
  for (size_t f = 0; f < power.num_frames(); f += hn::Lanes(d)) {
    const Column p{power.data() + f, power.stride()};
    const Column log_p{log_power.data() + f, log_power.stride()};
    const auto store = [&](Row row, V value)
                           SERMO_VECTOR_LAMBDA { hn::Store(value, d, rows.row(row) + f); };

    V total = hn::Zero(d);
    V lost = hn::Zero(d);
    V weighted = hn::Zero(d);
    V log_sum = hn::Zero(d);
    V power_log_sum = hn::Zero(d);
    constexpr size_t kRun = 32;  // sums of sums keep rounding small
    for (size_t start = 0; start < num_bins; start += kRun) {
      V weighted_run = hn::Zero(d);
      V log_run = hn::Zero(d);
      V power_log_run = hn::Zero(d);
      for (size_t k = start; k < std::min(start + kRun, num_bins); ++k) {
        const V value = p(d, k);
        const V log_value = hn::Log(d, value);
        hn::Store(log_value, d, log_power.row(k) + f);
        const V term = hn::Sub(value, lost);
        const V next = hn::Add(total, term);
        lost = hn::Sub(hn::Sub(next, total), term);
        total = next;
        weighted_run = hn::MulAdd(hn::Set(d, static_cast<float>(k)), value, weighted_run);
        log_run = hn::Add(log_run, log_value);
        power_log_run = hn::MulAdd(value, log_value, power_log_run);
      }
      weighted = hn::Add(weighted, weighted_run);
      log_sum = hn::Add(log_sum, log_run);
      power_log_sum = hn::Add(power_log_sum, power_log_run);
    }
    const V energy = hn::Log(d, total);
    const V inverse = hn::Div(hn::Set(d, 1.0f), total);
    store(Row::kEnergy, energy);
    store(Row::kEntropy, hn::Sub(energy, hn::Mul(inverse, power_log_sum)));
    store(Row::kFlatness, hn::Sub(hn::Mul(per_bin, log_sum), hn::Log(d, hn::Mul(per_bin, total))));

    const V centroid = hn::Mul(weighted, inverse);  // in bins
    V second = hn::Zero(d);
    V third = hn::Zero(d);
    V flux = hn::Zero(d);
    for (size_t k = 0; k < num_bins; ++k) {
      const V share = hn::Mul(p(d, k), inverse);
      const V offset = hn::Sub(hn::Set(d, static_cast<float>(k)), centroid);
      const V square = hn::Mul(share, hn::Mul(offset, offset));
      second = hn::Add(second, square);
      third = hn::MulAdd(square, offset, third);
      const V root = hn::Sqrt(share);
      float* here = roots.row(k) + kFramePadding + f;
      hn::Store(root, d, here);
      const V change = hn::Sub(root, hn::LoadU(d, here - 1));
      flux = hn::MulAdd(change, change, flux);
    }
    const V spread = hn::Mul(hz_per_bin, hn::Sqrt(second));
    const V third_hz = hn::Mul(hn::Mul(hz_per_bin, hz_per_bin), hn::Mul(hz_per_bin, third));
    const V spread_cubed = hn::Mul(spread, hn::Mul(spread, spread));
    store(Row::kCentroid, hn::Mul(hz_per_bin, centroid));
    store(Row::kSpread, spread);
    store(Row::kSkewness, hn::Div(third_hz, hn::Add(spread_cubed, hn::Set(d, 1e-6f))));
    store(Row::kFlux, hn::Sqrt(flux));

    V rolloffs[4];
    find_rolloffs(d, layout, p, total, rolloffs);
    store(Row::kRolloff25, rolloffs[0]);
    store(Row::kRolloff50, rolloffs[1]);
    store(Row::kRolloff75, rolloffs[2]);
    store(Row::kRolloff90, rolloffs[3]);

    store(Row::kAlphaRatio,
          hn::Log(d, hn::Div(sum_of(d, layout.low_1000, p), sum_of(d, layout.middle_1000, p))));
    store(Row::kHammarberg,
          hn::Mul(db_per_neper, hn::Sub(largest_of(d, layout.below_2000, log_p),
                                        largest_of(d, layout.below_5000, log_p))));
    store(Row::kStrongest3kHz, hn::Mul(db_per_neper, largest_of(d, layout.third_formant, log_p)));
    store(Row::kSlopeLow, slope_of(d, layout.slopes[0], log_p));
    store(Row::kSlopeMiddle, slope_of(d, layout.slopes[1], log_p));
    const Row band_rows[4] = {Row::kBand250To650, Row::kBand1000To4000, Row::kBand4000To8000,
                              Row::kBand50To250};
    for (size_t b = 0; b < 4; ++b) {
      store(band_rows[b], hn::Log(d, hn::Mul(inverse, sum_of(d, layout.bands[b], p))));
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(profile_frames);

namespace {

// The bins whose frequency f is low_hz <= f < high_hz.
SpectralProfile::Bins bins_between(double low_hz, double high_hz,
                                   const SpectralProfile::Options& options) {
  const double hz_per_bin = options.sample_rate_hz / static_cast<double>(options.n_fft);
  const auto first_from = [&](double hz) {
    return std::min(static_cast<size_t>(std::ceil(hz / hz_per_bin)), options.n_fft / 2 + 1);
  };
  return {first_from(low_hz), first_from(high_hz)};
}

SpectralProfile::Slope slope_between(double low_hz, double high_hz,
                                     const SpectralProfile::Options& options) {
  const SpectralProfile::Bins bins = bins_between(low_hz, high_hz, options);
  const double khz_per_bin = options.sample_rate_hz / static_cast<double>(options.n_fft) / 1000.0;
  const double middle = 0.5 * static_cast<double>(bins.first + bins.end - 1);
  double squares = 0;
  for (size_t k = bins.first; k < bins.end; ++k) {
    const double offset = static_cast<double>(k) - middle;
    squares += offset * offset;
  }
  const double db_per_neper = 10.0 / std::log(10.0);
  return {bins, static_cast<float>(static_cast<double>(bins.first) - middle),
          static_cast<float>(db_per_neper / (squares * khz_per_bin))};
}

}  // namespace

Result<SpectralProfile> SpectralProfile::create(const Options& options) {
  if (!(options.sample_rate_hz >= 16000) || options.n_fft % 2 != 0 ||
      static_cast<double>(options.n_fft) < options.sample_rate_hz / 125.0) {
    return fail(ErrorCode::kUsage, "spectral profile: got a transform of " +
                                       std::to_string(options.n_fft) + " samples at " +
                                       std::to_string(options.sample_rate_hz) +
                                       " Hz, wanted bins at most 125 Hz apart that reach 8 kHz");
  }
  return SpectralProfile(options);
}

SpectralProfile::SpectralProfile(const Options& options) {
  const auto bins = [&](double low_hz, double high_hz) {
    return bins_between(low_hz, high_hz, options);
  };
  layout_.num_bins = options.n_fft / 2 + 1;
  layout_.hz_per_bin =
      static_cast<float>(options.sample_rate_hz / static_cast<double>(options.n_fft));
  layout_.low_1000 = bins(50, 1000);
  layout_.middle_1000 = bins(1000, 5000);
  layout_.below_2000 = bins(0, 2000);
  layout_.below_5000 = bins(2000, 5000);
  // Here the lower end is outside: 2500 < f.
  layout_.third_formant = bins(std::nextafter(2500.0, 3000.0), 3500);
  layout_.bands = {bins(250, 650), bins(1000, 4000), bins(4000, 8000), bins(50, 250)};
  layout_.slopes = {slope_between(0, 500, options), slope_between(500, 1500, options)};
}

void SpectralProfile::apply(const FrameMatrix& power, State& state, FrameMatrix& log_power,
                            FrameMatrix& rows) const {
  SERMO_CHECK(power.num_rows() == layout_.num_bins, "the spectrum has the profile's bins");
  const size_t num_frames = power.num_frames();
  if (num_frames == 0) return;
  log_power.resize(layout_.num_bins, num_frames);
  rows.resize(kNumRows, num_frames);
  FrameMatrix& roots = state.roots_;
  if (state.num_frames_ == 0) {
    roots.resize(layout_.num_bins, kFramePadding + num_frames);
  } else {
    SERMO_CHECK(roots.num_frames() >= kFramePadding + num_frames,
                "no piece is longer than the first");
    for (size_t k = 0; k < layout_.num_bins; ++k) {
      roots(k, kFramePadding - 1) = roots(k, state.last_column_);
    }
  }
  HWY_DYNAMIC_DISPATCH(profile_frames)(layout_, power, log_power, roots, rows);
  if (state.num_frames_ == 0) rows(kFlux, 0) = 0.0f;
  state.num_frames_ += num_frames;
  state.last_column_ = kFramePadding + num_frames - 1;
}

}  // namespace sermo::dsp
#endif
