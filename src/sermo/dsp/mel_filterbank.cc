#include "sermo/dsp/mel_filterbank.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/mel_filterbank.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void apply_segments(const std::vector<size_t>& segment_starts,
                    const std::vector<MelFilterbank::BinWeights>& weights, const FrameMatrix& power,
                    FrameMatrix& mel) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  const size_t num_segments = segment_starts.size() - 1;
  for (size_t f = 0; f < power.num_frames(); f += hn::Lanes(d)) {
    V band = hn::Zero(d);  // the rising side of the band whose falling side comes next
    for (size_t s = 0; s < num_segments; ++s) {
      V falling = hn::Zero(d);
      V rising = hn::Zero(d);
      for (size_t k = segment_starts[s]; k < segment_starts[s + 1]; ++k) {
        const V value = hn::Load(d, power.row(k) + f);
        falling = hn::MulAdd(hn::Set(d, weights[k].falling), value, falling);
        rising = hn::MulAdd(hn::Set(d, weights[k].rising), value, rising);
      }
      if (s > 0) hn::Store(hn::Add(band, falling), d, mel.row(s - 1) + f);
      band = rising;
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(apply_segments);

namespace {

constexpr double kHzPerLinearMel = 200.0 / 3.0;
constexpr double kFirstLogHz = 1000.0;
constexpr double kFirstLogMel = kFirstLogHz / kHzPerLinearMel;
const double kLogStep = std::log(6.4) / 27.0;  // natural logarithm of the ratio of one mel

double to_mel(MelScale scale, double frequency_hz) {
  return scale == MelScale::kHtk ? 2595.0 * std::log10(1.0 + frequency_hz / 700.0)
                                 : hz_to_mel(frequency_hz);
}

double to_hz(MelScale scale, double mel) {
  return scale == MelScale::kHtk ? 700.0 * (std::pow(10.0, mel / 2595.0) - 1.0) : mel_to_hz(mel);
}

// Where the last triangle ends.
double highest_hz(const MelFilterbank::Options& options) {
  return options.highest_hz > 0 ? options.highest_hz : options.sample_rate_hz / 2;
}

}  // namespace

double hz_to_mel(double frequency_hz) {
  if (frequency_hz < kFirstLogHz) return frequency_hz / kHzPerLinearMel;
  return kFirstLogMel + std::log(frequency_hz / kFirstLogHz) / kLogStep;
}

double mel_to_hz(double mel) {
  if (mel < kFirstLogMel) return mel * kHzPerLinearMel;
  return kFirstLogHz * std::exp(kLogStep * (mel - kFirstLogMel));
}

Result<MelFilterbank> MelFilterbank::create(const Options& options) {
  if (!(options.sample_rate_hz > 0) || options.n_fft == 0 || options.num_mels == 0) {
    return fail(ErrorCode::kUsage, "mel filter bank: got " + std::to_string(options.num_mels) +
                                       " bands of " + std::to_string(options.n_fft) +
                                       " samples at " + std::to_string(options.sample_rate_hz) +
                                       " Hz, wanted all above zero");
  }
  const double top_hz = highest_hz(options);
  if (!(options.lowest_hz >= 0 && options.lowest_hz < top_hz &&
        top_hz <= options.sample_rate_hz / 2)) {
    return fail(ErrorCode::kUsage,
                "mel filter bank: got a range of " + std::to_string(options.lowest_hz) + " to " +
                    std::to_string(top_hz) + " Hz, wanted one within 0 and half the rate");
  }
  return MelFilterbank(options);
}

MelFilterbank::MelFilterbank(const Options& options) : options_(options) {
  const size_t num_mels = options.num_mels;
  const size_t num_bins = options.n_fft / 2 + 1;
  const double lowest_mel = to_mel(options.scale, options.lowest_hz);
  const double range_mel = to_mel(options.scale, highest_hz(options)) - lowest_mel;
  std::vector<double> points_hz(num_mels + 2);
  for (size_t i = 0; i < points_hz.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(num_mels + 1);
    points_hz[i] = to_hz(options.scale, lowest_mel + range_mel * share);
  }
  points_hz.front() = options.lowest_hz;
  points_hz.back() = highest_hz(options);
  const auto height = [&](size_t band) {
    return options.height == MelHeight::kUnitPeak ? 1.0
                                                  : 2.0 / (points_hz[band + 2] - points_hz[band]);
  };

  weights_.resize(num_bins, {0, 0});
  const auto frequency_of = [&](size_t bin) {
    return static_cast<double>(bin) * options.sample_rate_hz / static_cast<double>(options.n_fft);
  };
  size_t k = 0;
  while (k < num_bins && frequency_of(k) < points_hz[0]) ++k;
  segment_starts_.push_back(k);
  for (size_t s = 0; s <= num_mels; ++s) {
    const double width_hz = points_hz[s + 1] - points_hz[s];
    for (; k < num_bins; ++k) {
      const double frequency_hz = frequency_of(k);
      if (frequency_hz >= points_hz[s + 1]) break;
      if (s > 0) {
        weights_[k].falling =
            static_cast<float>(height(s - 1) * (points_hz[s + 1] - frequency_hz) / width_hz);
      }
      if (s < num_mels) {
        weights_[k].rising =
            static_cast<float>(height(s) * (frequency_hz - points_hz[s]) / width_hz);
      }
    }
    segment_starts_.push_back(k);
  }
}

void MelFilterbank::apply(const FrameMatrix& power, FrameMatrix& mel) const {
  SERMO_CHECK(power.num_rows() == weights_.size(), "the spectrum has the filter bank's bins");
  mel.resize(num_mels(), power.num_frames());
  HWY_DYNAMIC_DISPATCH(apply_segments)(segment_starts_, weights_, power, mel);
}

}  // namespace sermo::dsp
#endif
