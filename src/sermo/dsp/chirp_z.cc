#include "sermo/dsp/chirp_z.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/chirp_z.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/complex_points-inl.h"

#ifndef SERMO_DSP_CHIRP_Z_ONCE_
#define SERMO_DSP_CHIRP_Z_ONCE_
namespace sermo::dsp {

struct ChirpTables {
  size_t length, num_bins, size;
  const float* chirp;
  const float* filter;
  const float* twiddles;
};

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
// Stockham's transform of radix two: natural order in and out. Gives back where the result is,
// which is one of the two.
HWY_INLINE Points transform_points(D d, size_t size, const float* twiddles, Points from,
                                   Points to) {
  for (size_t half = size / 2, stride = 1; half >= 1; half /= 2, stride *= 2) {
    for (size_t p = 0; p < half; ++p) {
      const float* twiddle = twiddles + 2 * p * stride;
      for (size_t q = 0; q < stride; ++q) {
        V ar, ai, br, bi;
        from.load(d, q + stride * p, ar, ai);
        from.load(d, q + stride * (p + half), br, bi);
        V dr = hn::Sub(ar, br);
        V di = hn::Sub(ai, bi);
        rotate(d, twiddle, dr, di);
        to.store(d, q + stride * 2 * p, hn::Add(ar, br), hn::Add(ai, bi));
        to.store(d, q + stride * (2 * p + 1), dr, di);
      }
    }
    std::swap(from, to);
  }
  return from;
}

void transform_series(const ChirpTables& t, const FrameMatrix& series, Spectrum& spectrum,
                      float* memory) {
  const D d;
  for (size_t s = 0; s < series.num_frames(); s += hn::Lanes(d)) {
    Points points{memory};
    Points others{memory + 2 * t.size * hn::Lanes(d)};
    for (size_t n = 0; n < t.length; ++n) {
      const V x = hn::Load(d, series.row(n) + s);
      points.store(d, n, hn::Mul(x, hn::Set(d, t.chirp[2 * n])),
                   hn::Mul(x, hn::Set(d, t.chirp[2 * n + 1])));
    }
    for (size_t n = t.length; n < t.size; ++n) points.store(d, n, hn::Zero(d), hn::Zero(d));
    points = transform_points(d, t.size, t.twiddles, points, others);
    others = {points.data == memory ? memory + 2 * t.size * hn::Lanes(d) : memory};
    // The inverse is the forward transform with real and imaginary parts exchanged twice.
    for (size_t k = 0; k < t.size; ++k) {
      V re, im;
      points.load(d, k, re, im);
      rotate(d, t.filter + 2 * k, re, im);
      points.store(d, k, im, re);
    }
    points = transform_points(d, t.size, t.twiddles, points, others);
    for (size_t k = 0; k < t.num_bins; ++k) {
      V re, im;
      points.load(d, k, im, re);
      rotate(d, t.chirp + 2 * k, re, im);
      hn::Store(re, d, spectrum.re.row(k) + s);
      hn::Store(im, d, spectrum.im.row(k) + s);
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(transform_series);

namespace {

using Complex = std::complex<double>;

// In place, decimation in time; the filter's spectrum is computed once a length, in double.
void transform_in_double(std::vector<Complex>& x) {
  const size_t size = x.size();
  for (size_t i = 1, j = 0; i < size; ++i) {
    size_t bit = size / 2;
    for (; (j & bit) != 0; bit /= 2) j ^= bit;
    j ^= bit;
    if (i < j) std::swap(x[i], x[j]);
  }
  for (size_t half = 1; half < size; half *= 2) {
    for (size_t k = 0; k < half; ++k) {
      const Complex twiddle =
          std::polar(1.0, -std::numbers::pi * static_cast<double>(k) / static_cast<double>(half));
      for (size_t start = k; start < size; start += 2 * half) {
        const Complex odd = twiddle * x[start + half];
        x[start + half] = x[start] - odd;
        x[start] += odd;
      }
    }
  }
}

}  // namespace

void ChirpZ::prepare(size_t length, size_t num_bins) {
  if (length == length_ && num_bins == num_bins_) return;
  const size_t size = std::bit_ceil(length + num_bins - 1);
  const auto step = std::numbers::pi / static_cast<double>(length);
  // n^2 modulo 2 length, as the chirp repeats: the angle stays small, and exact.
  const auto chirp = [&](size_t n) {
    return std::polar(1.0, -step * static_cast<double>(n * n % (2 * length)));
  };
  chirp_.resize(2 * length);
  for (size_t n = 0; n < length; ++n) {
    chirp_[2 * n] = static_cast<float>(chirp(n).real());
    chirp_[2 * n + 1] = static_cast<float>(chirp(n).imag());
  }
  std::vector<Complex> filter(size);
  const double scale = 1.0 / static_cast<double>(size);
  for (size_t n = 0; n < num_bins; ++n) filter[n] = scale * std::conj(chirp(n));
  for (size_t n = 1; n < length; ++n) filter[size - n] = scale * std::conj(chirp(n));
  transform_in_double(filter);
  filter_.resize(2 * size);
  for (size_t k = 0; k < size; ++k) {
    filter_[2 * k] = static_cast<float>(filter[k].real());
    filter_[2 * k + 1] = static_cast<float>(filter[k].imag());
  }
  if (size != size_) {
    twiddles_.resize(size);
    for (size_t k = 0; k < size / 2; ++k) {
      const Complex w = std::polar(
          1.0, -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size));
      twiddles_[2 * k] = static_cast<float>(w.real());
      twiddles_[2 * k + 1] = static_cast<float>(w.imag());
    }
  }
  length_ = length;
  num_bins_ = num_bins;
  size_ = size;
}

void ChirpZ::transform(const FrameMatrix& series, size_t num_bins, Spectrum& spectrum) {
  const size_t length = series.num_rows();
  SERMO_CHECK(num_bins >= 1 && num_bins <= length, "a series has as many bins as values");
  prepare(length, num_bins);
  spectrum.resize(num_bins, series.num_frames());
  points_.reserve(4 * size_ * kFramePadding);
  HWY_DYNAMIC_DISPATCH(transform_series)
  ({length, num_bins, size_, chirp_.data(), filter_.data(), twiddles_.data()}, series, spectrum,
   points_.data());
}

}  // namespace sermo::dsp
#endif
