#include "sermo/dsp/spectral_shape.h"

#include <algorithm>
#include <limits>

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/spectral_shape.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/frame_vectors-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

void centroids(const FrameMatrix& magnitude, float hz_per_bin, float* out) {
  const D d;
  constexpr size_t kRun = 32;  // sums of sums keep the rounding of a thousand bins small
  const size_t num_bins = magnitude.num_rows();
  for (size_t f = 0; f < magnitude.num_frames(); f += hn::Lanes(d)) {
    V sum = hn::Zero(d);
    V weighted_sum = hn::Zero(d);
    for (size_t start = 0; start < num_bins; start += kRun) {
      V run = hn::Zero(d);
      V weighted_run = hn::Zero(d);
      for (size_t k = start; k < std::min(start + kRun, num_bins); ++k) {
        const V m = hn::Load(d, magnitude.row(k) + f);
        run = hn::Add(run, m);
        weighted_run = hn::MulAdd(hn::Set(d, static_cast<float>(k)), m, weighted_run);
      }
      sum = hn::Add(sum, run);
      weighted_sum = hn::Add(weighted_sum, weighted_run);
    }
    // librosa leaves frames whose sum is below the smallest normal number as they are.
    const V one = hn::Set(d, 1.0f);
    const auto is_empty = hn::Lt(sum, hn::Set(d, std::numeric_limits<float>::min()));
    const V mean_bin = hn::Div(weighted_sum, hn::IfThenElse(is_empty, one, sum));
    hn::Store(hn::Mul(hn::Set(d, hz_per_bin), mean_bin), d, out + f);
  }
}

void rolloffs(const FrameMatrix& magnitude, float hz_per_bin, float share, float* out) {
  const D d;
  const V one = hn::Set(d, 1.0f);
  for (size_t f = 0; f < magnitude.num_frames(); f += hn::Lanes(d)) {
    // One bin after the other, as numpy.cumsum adds, so that ties fall as they do there.
    V total = hn::Zero(d);
    for (size_t k = 0; k < magnitude.num_rows(); ++k) {
      total = hn::Add(total, hn::Load(d, magnitude.row(k) + f));
    }
    const V threshold = hn::Mul(hn::Set(d, share), total);
    V sum = hn::Zero(d);
    V num_below = hn::Zero(d);
    for (size_t k = 0; k < magnitude.num_rows(); ++k) {
      sum = hn::Add(sum, hn::Load(d, magnitude.row(k) + f));
      num_below = hn::Add(num_below, hn::IfThenElseZero(hn::Lt(sum, threshold), one));
    }
    hn::Store(hn::Mul(hn::Set(d, hz_per_bin), num_below), d, out + f);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(centroids);
HWY_EXPORT(rolloffs);

namespace {

float hz_per_bin(const FrameMatrix& magnitude, double sample_rate_hz) {
  SERMO_CHECK(magnitude.num_rows() > 1, "a spectrum has at least two bins");
  return static_cast<float>(sample_rate_hz / (2.0 * static_cast<double>(magnitude.num_rows() - 1)));
}

}  // namespace

void spectral_centroid(const FrameMatrix& magnitude, double sample_rate_hz, FrameMatrix& out) {
  out.resize(1, magnitude.num_frames());
  HWY_DYNAMIC_DISPATCH(centroids)(magnitude, hz_per_bin(magnitude, sample_rate_hz), out.row(0));
}

void spectral_rolloff(const FrameMatrix& magnitude, double sample_rate_hz, FrameMatrix& out,
                      float share) {
  out.resize(1, magnitude.num_frames());
  HWY_DYNAMIC_DISPATCH(rolloffs)
  (magnitude, hz_per_bin(magnitude, sample_rate_hz), share, out.row(0));
}

}  // namespace sermo::dsp
#endif
