#include "sermo/dsp/contour_statistics.h"

#include <algorithm>
#include <cmath>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/contour_statistics.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/frame_vectors-inl.h"

#ifndef SERMO_DSP_CONTOUR_STATISTICS_ONCE_
#define SERMO_DSP_CONTOUR_STATISTICS_ONCE_
namespace sermo::dsp {

inline constexpr size_t kDeltaReach = 4;
inline constexpr float kDeltaSquares = 60.0f;  // 2 (1 + 4 + 9 + 16)

// Central moments of a contour.
struct Moments {
  double mean = 0;
  double second = 0;
  double third = 0;
  double fourth = 0;
};

// Sums of products of the deviations from the mean with two other series.
struct Products {
  double with_time = 0;
  double with_bow = 0;
};

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// Adds up term(i) over frames, where it gives the vector of frames from i on. Lanes beyond the last
// frame count as zero, so `term` may read up to kFramePadding - 1 values further.
template <size_t kSums, class Term>
HWY_INLINE void sum_over(size_t num_frames, const Term& term, double (&sums)[kSums]) {
  const D d;
  const size_t lanes = hn::Lanes(d);
  constexpr size_t kRun = 64;  // vectors summed in float32 before their sum goes on in double
  for (double& sum : sums) sum = 0;
  for (size_t start = 0; start < num_frames; start += kRun * lanes) {
    V runs[kSums];
    for (size_t s = 0; s < kSums; ++s) runs[s] = hn::Zero(d);
    const size_t end = std::min(start + kRun * lanes, num_frames);
    size_t i = start;
    for (; i + lanes <= end; i += lanes) {
      V terms[kSums];
      term(i, terms);
      for (size_t s = 0; s < kSums; ++s) runs[s] = hn::Add(runs[s], terms[s]);
    }
    if (i < end) {
      const auto is_frame = hn::FirstN(d, end - i);
      V terms[kSums];
      term(i, terms);
      for (size_t s = 0; s < kSums; ++s) {
        runs[s] = hn::Add(runs[s], hn::IfThenElseZero(is_frame, terms[s]));
      }
    }
    for (size_t s = 0; s < kSums; ++s) {
      sums[s] += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, runs[s])));
    }
  }
}

// The sum in double throughout: a contour that never changes has its own value as its mean.
double exact_sum(const float* x, size_t num_frames) {
  double sums[8] = {};
  size_t i = 0;
  for (; i + 8 <= num_frames; i += 8) {
    for (size_t j = 0; j < 8; ++j) sums[j] += static_cast<double>(x[i + j]);
  }
  for (size_t j = 0; i < num_frames; ++i, ++j) sums[j] += static_cast<double>(x[i]);
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

Moments moments_of(const float* x, size_t num_frames) {
  const D d;
  const auto count = static_cast<double>(num_frames);
  const double mean = exact_sum(x, num_frames) / count;
  const auto centre = static_cast<float>(mean);
  const V centre_v = hn::Set(d, centre);
  double sums[3];
  sum_over(
      num_frames,
      [&](size_t i, V(&terms)[3]) SERMO_VECTOR_LAMBDA {
        const V offset = hn::Sub(hn::LoadU(d, x + i), centre_v);
        terms[0] = hn::Mul(offset, offset);
        terms[1] = hn::Mul(terms[0], offset);
        terms[2] = hn::Mul(terms[0], terms[0]);
      },
      sums);
  return {mean, sums[0] / count, sums[1] / count, sums[2] / count};
}

// `padded` holds the contour from padded[kDeltaReach] on, with its ends repeated on both sides.
void delta_of(const float* padded, size_t num_frames, float* out) {
  const D d;
  const V per_square = hn::Set(d, 1.0f / kDeltaSquares);
  for (size_t f = 0; f < num_frames; f += hn::Lanes(d)) {
    const float* x = padded + kDeltaReach + f;
    V sum = hn::Zero(d);
    for (size_t i = kDeltaReach; i >= 1; --i) {
      const V rise = hn::Sub(hn::LoadU(d, x + i), hn::LoadU(d, x - i));
      sum = hn::MulAdd(hn::Set(d, static_cast<float>(i)), rise, sum);
    }
    hn::StoreU(hn::Mul(sum, per_square), d, out + f);
  }
}

double absolute_sum(const float* x, size_t num_frames) {
  const D d;
  double sums[1];
  sum_over(
      num_frames,
      [&](size_t i, V(&terms)[1]) SERMO_VECTOR_LAMBDA { terms[0] = hn::Abs(hn::LoadU(d, x + i)); },
      sums);
  return sums[0];
}

Products products_of(const float* x, float centre, const float* time, const float* bow,
                     size_t num_frames) {
  const D d;
  const V centre_v = hn::Set(d, centre);
  double sums[2];
  sum_over(
      num_frames,
      [&](size_t i, V(&terms)[2]) SERMO_VECTOR_LAMBDA {
        const V offset = hn::Sub(hn::LoadU(d, x + i), centre_v);
        terms[0] = hn::Mul(offset, hn::LoadU(d, time + i));
        terms[1] = hn::Mul(offset, hn::LoadU(d, bow + i));
      },
      sums);
  return {sums[0], sums[1]};
}

double residual_squares(const float* x, float centre, const float* time, const float* bow,
                        float slope, float curvature, size_t num_frames) {
  const D d;
  const V centre_v = hn::Set(d, centre);
  const V slope_v = hn::Set(d, slope);
  const V curvature_v = hn::Set(d, curvature);
  double sums[1];
  sum_over(
      num_frames,
      [&](size_t i, V(&terms)[1]) SERMO_VECTOR_LAMBDA {
        V left = hn::Sub(hn::LoadU(d, x + i), centre_v);
        left = hn::NegMulAdd(slope_v, hn::LoadU(d, time + i), left);
        left = hn::NegMulAdd(curvature_v, hn::LoadU(d, bow + i), left);
        terms[0] = hn::Mul(left, left);
      },
      sums);
  return sums[0];
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(exact_sum);
HWY_EXPORT(moments_of);
HWY_EXPORT(delta_of);
HWY_EXPORT(absolute_sum);
HWY_EXPORT(products_of);
HWY_EXPORT(residual_squares);

namespace {

constexpr size_t kRoom = 2 * kDeltaReach + kFramePadding;  // beyond a contour, for whole vectors

// The contour with its ends repeated on both sides, and zeros up to whole vectors.
void pad(std::span<const float> contour, float* padded) {
  std::fill_n(padded, kDeltaReach, contour.front());
  std::copy(contour.begin(), contour.end(), padded + kDeltaReach);
  std::fill_n(padded + kDeltaReach + contour.size(), kDeltaReach, contour.back());
  std::fill_n(padded + 2 * kDeltaReach + contour.size(), kFramePadding, 0.0f);
}

float sorted_percentile(std::span<const float> sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<size_t>(place);
  const size_t above = std::min(below + 1, sorted.size() - 1);
  const auto low = static_cast<double>(sorted[below]);
  const auto high = static_cast<double>(sorted[above]);
  return static_cast<float>(low + (place - static_cast<double>(below)) * (high - low));
}

// Means over equal parts, the first ones a frame longer where they cannot be equal
// (numpy.array_split).
void part_means(std::span<const float> contour, float mean, std::span<float> out) {
  const size_t num_parts = out.size();
  if (contour.size() < num_parts) {
    std::fill(out.begin(), out.end(), mean);
    return;
  }
  const size_t shorter = contour.size() / num_parts;
  const size_t num_longer = contour.size() % num_parts;
  size_t first = 0;
  for (size_t p = 0; p < num_parts; ++p) {
    const size_t length = shorter + (p < num_longer ? 1 : 0);
    const double sum = HWY_DYNAMIC_DISPATCH(exact_sum)(contour.data() + first, length);
    out[p] = static_cast<float>(sum / static_cast<double>(length));
    first += length;
  }
}

}  // namespace

void ContourStatistics::prepare(size_t num_frames) {
  values_.reserve(num_frames + kRoom);
  delta_.reserve(num_frames + kRoom);
  if (num_frames == num_frames_) return;
  num_frames_ = num_frames;
  time_.reserve(num_frames + kRoom);
  bow_.reserve(num_frames + kRoom);
  const double step = num_frames > 1 ? 2.0 / static_cast<double>(num_frames - 1) : 0.0;
  double mean_square = 0;
  time_squares_ = 0;
  for (size_t f = 0; f < num_frames; ++f) {
    const double t = -1.0 + step * static_cast<double>(f);
    time_squares_ += t * t;
  }
  mean_square = time_squares_ / static_cast<double>(num_frames);
  bow_squares_ = 0;
  for (size_t f = 0; f < num_frames; ++f) {
    const double t = -1.0 + step * static_cast<double>(f);
    time_.data()[f] = static_cast<float>(t);
    const double bow = t * t - mean_square;
    bow_.data()[f] = static_cast<float>(bow);
    bow_squares_ += bow * bow;
  }
}

ContourStatistics::Values ContourStatistics::compute(std::span<const float> contour) {
  SERMO_CHECK(!contour.empty(), "statistics need a value");
  const size_t num_frames = contour.size();
  const auto count = static_cast<double>(num_frames);
  prepare(num_frames);
  Values out{};

  pad(contour, values_.data());
  const float* x = values_.data() + kDeltaReach;  // readable up to whole vectors
  const Moments moments = HWY_DYNAMIC_DISPATCH(moments_of)(x, num_frames);
  const double std = std::sqrt(moments.second);
  const auto mean = static_cast<float>(moments.mean);
  out[kContourMean] = mean;
  out[kContourStd] = static_cast<float>(std);
  const double unit = std + 1e-6;
  out[kContourSkewness] = static_cast<float>(moments.third / (unit * unit * unit));
  out[kContourKurtosis] = static_cast<float>(moments.fourth / (unit * unit * unit * unit));

  const Products products =
      HWY_DYNAMIC_DISPATCH(products_of)(x, mean, time_.data(), bow_.data(), num_frames);
  constexpr double kNothing = 1e-9;  // of a parabola through fewer than three frames
  const double slope = time_squares_ > kNothing ? products.with_time / time_squares_ : 0.0;
  const double curvature = bow_squares_ > kNothing ? products.with_bow / bow_squares_ : 0.0;
  out[kSlope] = static_cast<float>(slope);
  out[kCurvature] = static_cast<float>(curvature);
  out[kResidualStd] = static_cast<float>(
      std::sqrt(HWY_DYNAMIC_DISPATCH(residual_squares)(x, mean, time_.data(), bow_.data(),
                                                       out[kSlope], out[kCurvature], num_frames) /
                count));

  part_means(contour, mean, std::span(out).subspan(kThird1, 3));
  part_means(contour, mean, std::span(out).subspan(kEighth1, 8));

  float* const delta = delta_.data();
  HWY_DYNAMIC_DISPATCH(delta_of)(values_.data(), num_frames, delta);
  out[kDeltaAbsMean] =
      static_cast<float>(HWY_DYNAMIC_DISPATCH(absolute_sum)(delta, num_frames) / count);
  out[kDeltaStd] =
      static_cast<float>(std::sqrt(HWY_DYNAMIC_DISPATCH(moments_of)(delta, num_frames).second));
  pad({delta, num_frames}, values_.data());
  HWY_DYNAMIC_DISPATCH(delta_of)(values_.data(), num_frames, delta);
  out[kDelta2Std] =
      static_cast<float>(std::sqrt(HWY_DYNAMIC_DISPATCH(moments_of)(delta, num_frames).second));

  const std::span<float> sorted(values_.data(), num_frames);
  std::copy(contour.begin(), contour.end(), sorted.begin());
  std::sort(sorted.begin(), sorted.end());
  constexpr double kShares[5] = {0.05, 0.25, 0.50, 0.75, 0.95};
  for (size_t q = 0; q < 5; ++q) out[kPercentile05 + q] = sorted_percentile(sorted, kShares[q]);
  out[kRange05To95] = out[kPercentile95] - out[kPercentile05];
  out[kRange25To75] = out[kPercentile75] - out[kPercentile25];
  return out;
}

void contour_delta(std::span<const float> contour, std::span<float> out) {
  SERMO_CHECK(!contour.empty() && out.size() == contour.size(), "a delta for every frame");
  const size_t num_frames = contour.size();
  const auto at = [&](size_t padded) {
    return contour[std::clamp<size_t>(padded, kDeltaReach, kDeltaReach + num_frames - 1) -
                   kDeltaReach];
  };
  // Pieces, so that no memory is needed.
  constexpr size_t kPiece = 256;
  HWY_ALIGN_MAX float padded[kPiece + kRoom];
  HWY_ALIGN_MAX float piece[kPiece + kFramePadding];
  for (size_t first = 0; first < num_frames; first += kPiece) {
    const size_t length = std::min(kPiece, num_frames - first);
    for (size_t i = 0; i < length + 2 * kDeltaReach; ++i) padded[i] = at(first + i);
    std::fill_n(padded + length + 2 * kDeltaReach, kFramePadding, 0.0f);
    HWY_DYNAMIC_DISPATCH(delta_of)(padded, length, piece);
    std::copy_n(piece, length, out.begin() + static_cast<std::ptrdiff_t>(first));
  }
}

}  // namespace sermo::dsp
#endif
