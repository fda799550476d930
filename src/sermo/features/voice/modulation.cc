#include "sermo/features/voice/modulation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/dsp/logarithm.h"
#include "sermo/features/voice/contours.h"

namespace sermo::features {
namespace {

constexpr size_t kMinTransform = 512;  // frames
constexpr double kFrameSeconds = static_cast<double>(kVoiceHopSamples) / kVoiceSampleRateHz;
constexpr float kFloor = 1e-4f;

dsp::RealFft make_fft() {
  auto fft = dsp::RealFft::create(kMinTransform);
  SERMO_CHECK(fft.has_value(), "512 is a size of the transform");
  return std::move(*fft);
}

double mean_of(std::span<const float> contour) {
  double sum = 0;
  for (const float value : contour) sum += static_cast<double>(value);
  return sum / static_cast<double>(contour.size());
}

}  // namespace

ModulationSpectrum::ModulationSpectrum() : fft_(make_fft()) {}

void ModulationSpectrum::compute(std::span<const dsp::FrameMatrix* const> groups,
                                 dsp::FrameMatrix& bands) {
  const size_t num_frames = groups[0]->num_frames();
  size_t num_series = 0;
  for (const dsp::FrameMatrix* group : groups) num_series += group->num_rows();
  const size_t size = std::max(kMinTransform, num_frames);

  window_.reserve(num_frames);
  const double step = num_frames > 1 ? 2.0 * std::numbers::pi / static_cast<double>(num_frames - 1)
                                     : std::numbers::pi;
  for (size_t f = 0; f < num_frames; ++f) {
    const double angle = step * static_cast<double>(num_frames > 1 ? f : 1);
    window_.data()[f] = static_cast<float>(0.5 - 0.5 * std::cos(angle));
  }
  series_.resize(size, num_series);
  const size_t stride = series_.stride();
  size_t s = 0;
  for (const dsp::FrameMatrix* group : groups) {
    SERMO_CHECK(group->num_frames() == num_frames, "contours of one clip are equally long");
    for (size_t r = 0; r < group->num_rows(); ++r, ++s) {
      const std::span<const float> contour = group->frames(r);
      const double mean = mean_of(contour);
      float* to = series_.data() + s;
      for (size_t f = 0; f < num_frames; ++f) {
        to[f * stride] =
            static_cast<float>(static_cast<double>(contour[f]) - mean) * window_.data()[f];
      }
    }
  }
  std::fill_n(series_.data() + num_frames * stride, (size - num_frames) * stride, 0.0f);

  const double hz_per_bin = 1.0 / (static_cast<double>(size) * kFrameSeconds);
  const auto num_bins =
      static_cast<size_t>(std::ceil(kModulationBands.back().high_hz / hz_per_bin)) + 1;
  if (size == kMinTransform) {
    fft_.forward(series_, spectrum_, workspace_);
  } else {
    chirp_.transform(series_, num_bins, spectrum_);
  }

  bands.resize(kModulationBands.size(), num_series);
  size_t k = 0;
  for (size_t b = 0; b < kModulationBands.size(); ++b) {
    while (static_cast<double>(k) * hz_per_bin < kModulationBands[b].low_hz) ++k;
    float* const sum = bands.row(b);
    std::fill_n(sum, num_series, 0.0f);
    const size_t first = k;
    for (; static_cast<double>(k) * hz_per_bin < kModulationBands[b].high_hz; ++k) {
      const float* re = spectrum_.re.row(k);
      const float* im = spectrum_.im.row(k);
      for (size_t i = 0; i < num_series; ++i) sum[i] += re[i] * re[i] + im[i] * im[i];
    }
    const auto scale = static_cast<float>(
        1.0 / (static_cast<double>(k - first) * static_cast<double>(num_frames)));
    for (size_t i = 0; i < num_series; ++i) sum[i] *= scale;
  }
  dsp::natural_log(bands, kFloor, bands);
}

}  // namespace sermo::features
