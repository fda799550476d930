#include "sermo/dsp/fir.h"

#include <bit>
#include <cmath>
#include <numbers>

#include "sermo/base/check.h"
#include "sermo/dsp/fft.h"

namespace sermo::dsp {
namespace {

// The modified Bessel function of the first kind and order zero, by its series.
double bessel_i0(double x) {
  double sum = 1.0;
  double term = 1.0;
  for (int k = 1; term > 1e-17 * sum; ++k) {
    const double factor = 0.5 * x / k;
    term *= factor * factor;
    sum += term;
  }
  return sum;
}

// sin(pi x) / (pi x)
double sinc(double x) {
  const double angle = std::numbers::pi * x;
  return angle == 0.0 ? 1.0 : std::sin(angle) / angle;
}

// The band between two edges (0: from zero frequency), scaled so that the gain at `unit_hz` is 1.
std::vector<float> band_kernel(int rate_hz, double low_hz, double high_hz, double unit_hz) {
  SERMO_CHECK(0.0 <= low_hz && low_hz < high_hz && 2.0 * high_hz < rate_hz,
              "a band lies between zero and half the rate");
  const size_t num_taps = num_band_taps(rate_hz);
  const double centre = 0.5 * static_cast<double>(num_taps - 1);
  const double beta = 0.1102 * (kFirStopBandDb - 8.7);  // Kaiser 1974
  const double low = 2.0 * low_hz / rate_hz;
  const double high = 2.0 * high_hz / rate_hz;
  std::vector<double> taps(num_taps);
  double gain = 0.0;
  for (size_t n = 0; n < num_taps; ++n) {
    const double t = static_cast<double>(n) - centre;
    const double ratio = t / centre;
    const double window = bessel_i0(beta * std::sqrt(1.0 - ratio * ratio)) / bessel_i0(beta);
    taps[n] = window * (high * sinc(high * t) - low * sinc(low * t));
    gain += taps[n] * std::cos(2.0 * std::numbers::pi * unit_hz * t / rate_hz);
  }
  std::vector<float> kernel(num_taps);
  for (size_t n = 0; n < num_taps; ++n) kernel[n] = static_cast<float>(taps[n] / gain);
  return kernel;
}

}  // namespace

size_t num_band_taps(int rate_hz) {
  const double width = 2.0 * std::numbers::pi * kFirTransitionHz / rate_hz;
  const double taps = std::ceil((kFirStopBandDb - 7.95) / (2.285 * width) + 1.0);
  return static_cast<size_t>(taps) | 1;
}

std::vector<float> low_pass_kernel(int rate_hz, double edge_hz) {
  return band_kernel(rate_hz, 0.0, edge_hz, 0.0);
}

std::vector<float> band_pass_kernel(int rate_hz, double low_hz, double high_hz) {
  return band_kernel(rate_hz, low_hz, high_hz, 0.5 * (low_hz + high_hz));
}

std::vector<float> shaped_kernel(int rate_hz, size_t num_taps,
                                 const std::function<double(double)>& gain_at) {
  SERMO_CHECK(num_taps % 2 == 1 && num_taps < kMaxFftSize, "an odd number of taps");
  const size_t size = std::max(std::bit_ceil(num_taps), kMinFftSize);
  const Result<RealFft> fft = RealFft::create(size);
  SERMO_CHECK(fft.has_value(), "a size that the transform supports");
  Spectrum spectrum;
  spectrum.resize(fft->num_bins(), 1);
  for (size_t k = 0; k < fft->num_bins(); ++k) {
    const double hz = static_cast<double>(k) * rate_hz / static_cast<double>(size);
    spectrum.re(k, 0) = static_cast<float>(gain_at(hz));
    spectrum.im(k, 0) = 0.0f;
  }
  FrameMatrix response;  // symmetric around its first sample
  FftWorkspace workspace;
  fft->inverse(spectrum, response, workspace);
  const size_t half = num_taps / 2;
  std::vector<float> kernel(num_taps);
  for (size_t n = 0; n <= half; ++n) {
    const double angle = std::numbers::pi * static_cast<double>(n) / static_cast<double>(half + 1);
    const auto tap = static_cast<float>((0.5 + 0.5 * std::cos(angle)) * response(n, 0));
    kernel[half + n] = tap;
    kernel[half - n] = tap;
  }
  return kernel;
}

}  // namespace sermo::dsp
