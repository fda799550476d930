#include "sermo/dsp/covariance.h"

#include <algorithm>
#include <cmath>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/covariance.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef SERMO_DSP_COVARIANCE_ONCE_
#define SERMO_DSP_COVARIANCE_ONCE_
namespace sermo::dsp {

inline constexpr size_t kScatterPiece = 64;  // frames at a time

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Adds the products of all pairs of rows of `piece`, kScatterPiece values each, to `products`, the
// lower triangle.
void add_products(const double* piece, size_t num_rows, double* products) {
  const hn::CappedTag<double, kMaxLanes<double>> d;
  const size_t lanes = hn::Lanes(d);
  for (size_t i = 0; i < num_rows; ++i) {
    const double* a = piece + i * kScatterPiece;
    size_t j = 0;
    // Four sums at a time hide the latency of each.
    for (; j + 4 <= i + 1; j += 4) {
      const double* b = piece + j * kScatterPiece;
      auto sum0 = hn::Zero(d);
      auto sum1 = hn::Zero(d);
      auto sum2 = hn::Zero(d);
      auto sum3 = hn::Zero(d);
      for (size_t f = 0; f < kScatterPiece; f += lanes) {
        const auto x = hn::Load(d, a + f);
        sum0 = hn::MulAdd(x, hn::Load(d, b + f), sum0);
        sum1 = hn::MulAdd(x, hn::Load(d, b + kScatterPiece + f), sum1);
        sum2 = hn::MulAdd(x, hn::Load(d, b + 2 * kScatterPiece + f), sum2);
        sum3 = hn::MulAdd(x, hn::Load(d, b + 3 * kScatterPiece + f), sum3);
      }
      products[j] += hn::GetLane(hn::SumOfLanes(d, sum0));
      products[j + 1] += hn::GetLane(hn::SumOfLanes(d, sum1));
      products[j + 2] += hn::GetLane(hn::SumOfLanes(d, sum2));
      products[j + 3] += hn::GetLane(hn::SumOfLanes(d, sum3));
    }
    for (; j <= i; ++j) {
      const double* b = piece + j * kScatterPiece;
      auto sum = hn::Zero(d);
      for (size_t f = 0; f < kScatterPiece; f += lanes) {
        sum = hn::MulAdd(hn::Load(d, a + f), hn::Load(d, b + f), sum);
      }
      products[j] += hn::GetLane(hn::SumOfLanes(d, sum));
    }
    products += i + 1;
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(add_products);

void Scatter::resize(size_t num_rows) {
  means_.assign(num_rows, 0.0);
  products_.assign(num_rows * (num_rows + 1) / 2, 0.0);
}

void Scatter::compute(const FrameMatrix& rows, size_t first, size_t end) {
  SERMO_CHECK(first < end && end <= rows.num_frames(), "a run of frames of the matrix");
  const size_t num_rows = rows.num_rows();
  resize(num_rows);
  num_frames_ = end - first;
  for (size_t r = 0; r < num_rows; ++r) {
    const float* x = rows.row(r);
    double sums[4] = {};
    for (size_t f = first; f < end; ++f) sums[f % 4] += static_cast<double>(x[f]);
    means_[r] = ((sums[0] + sums[1]) + (sums[2] + sums[3])) / static_cast<double>(num_frames_);
  }
  piece_.reserve(num_rows * kScatterPiece);
  for (size_t start = first; start < end; start += kScatterPiece) {
    const size_t length = std::min(kScatterPiece, end - start);
    for (size_t r = 0; r < num_rows; ++r) {
      const float* x = rows.row(r) + start;
      double* to = piece_.data() + r * kScatterPiece;
      const double mean = means_[r];
      for (size_t f = 0; f < length; ++f) to[f] = static_cast<double>(x[f]) - mean;
      std::fill(to + length, to + kScatterPiece, 0.0);
    }
    HWY_DYNAMIC_DISPATCH(add_products)(piece_.data(), num_rows, products_.data());
  }
}

void Scatter::combine(const Scatter& a, const Scatter& b) {
  SERMO_CHECK(a.num_rows() == b.num_rows(), "both have the same rows");
  resize(a.num_rows());
  num_frames_ = a.num_frames_ + b.num_frames_;
  const auto count_a = static_cast<double>(a.num_frames_);
  const auto count_b = static_cast<double>(b.num_frames_);
  const double count = count_a + count_b;
  for (size_t i = 0; i < num_rows(); ++i) {
    means_[i] = (count_a * a.means_[i] + count_b * b.means_[i]) / count;
    const double shift_i = a.means_[i] - b.means_[i];
    for (size_t j = 0; j <= i; ++j) {
      const double shift_j = a.means_[j] - b.means_[j];
      products_[place(i, j)] =
          a.products(i, j) + b.products(i, j) + shift_i * shift_j * count_a * count_b / count;
    }
  }
}

double Scatter::correlation(size_t i, size_t j) const {
  const double scale = std::sqrt(products(i, i)) * std::sqrt(products(j, j));
  return scale > 0 ? std::clamp(products(i, j) / scale, -1.0, 1.0) : 0.0;
}

}  // namespace sermo::dsp
#endif
