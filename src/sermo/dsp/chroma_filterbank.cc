#include "sermo/dsp/chroma_filterbank.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sermo/base/check.h"

namespace sermo::dsp {
namespace {

constexpr double kLowestAHz = 27.5;    // octave 0 begins here
constexpr double kCentreOctave = 5.0;  // where the Gaussian over octaves has its peak
constexpr double kOctaveWidth = 2.0;   // its standard deviation
constexpr size_t kSemitonesFromAToC = 3;

}  // namespace

Result<ChromaFilterbank> ChromaFilterbank::create(const Options& options) {
  if (!(options.sample_rate_hz > 0.0) || options.n_fft < 4 || options.n_fft % 2 != 0) {
    return fail(ErrorCode::kUsage,
                fmt::format("chroma of frames of {} samples at {} Hz: wanted an even number from 4 "
                            "on and a positive rate",
                            options.n_fft, options.sample_rate_hz));
  }
  const size_t num_bins = options.n_fft / 2 + 1;
  const auto semitones = [&](size_t bin) {
    const double hz =
        static_cast<double>(bin) * (options.sample_rate_hz / static_cast<double>(options.n_fft));
    return 12.0 * std::log2(hz / kLowestAHz);
  };
  std::vector<Bin> bins(num_bins);
  // Bin 0 has no pitch; it is put one and a half octaves below bin 1, half a turn away from it.
  bins[0].semitones = semitones(1) - 18.0;
  for (size_t k = 1; k < num_bins; ++k) bins[k].semitones = semitones(k);
  for (size_t k = 0; k < num_bins; ++k)
    bins[k].width = std::max(semitones(k + 1) - bins[k].semitones, 1.0);
  return ChromaFilterbank(std::move(bins));
}

void ChromaFilterbank::weights(double tuning, std::span<float> weights) const {
  SERMO_CHECK(weights.size() == num_bins() * kNumChroma, "a weight for every bin and class");
  // exp(-2 j^2), the bump of width one at whole semitones.
  std::array<double, kNumChroma> narrow_bump;
  for (size_t j = 0; j < kNumChroma; ++j)
    narrow_bump[j] = std::exp(-2.0 * static_cast<double>(j * j));

  for (size_t k = 0; k < bins_.size(); ++k) {
    const double semitones = bins_[k].semitones - tuning;
    // The distances to the twelve classes are first, first + 1, ..., first + 11, all in [-6, 6),
    // and the class at distance first + j is nearest_below - j further down the circle.
    const double below = std::floor(semitones);
    const double first = semitones - below - 6.0;
    const double scale = 2.0 / (bins_[k].width * bins_[k].width);
    std::array<double, kNumChroma> bump;
    double energy = 0.0;
    if (bins_[k].width == 1.0) {
      // exp(-2 (first + j)^2), as a product that needs two exponentials instead of twelve.
      double value = std::exp(-scale * first * first);
      const double ratio = std::exp(-2.0 * scale * first);
      for (size_t j = 0; j < kNumChroma; ++j, value *= ratio) bump[j] = value * narrow_bump[j];
    } else {
      for (size_t j = 0; j < kNumChroma; ++j) {
        const double distance = first + static_cast<double>(j);
        bump[j] = std::exp(-scale * distance * distance);
      }
    }
    for (const double b : bump) energy += b * b;
    const double octaves_off = (semitones / 12.0 - kCentreOctave) / kOctaveWidth;
    const double gain = std::exp(-0.5 * octaves_off * octaves_off) / std::sqrt(energy);

    // Distance d belongs to the class `semitones - d`, counted from A: the one at j is `top` - j.
    const auto top = static_cast<int>(below) + 6;
    float* out = weights.data() + k * kNumChroma;
    for (int j = 0; j < static_cast<int>(kNumChroma); ++j) {
      const int from_a = ((top - j) % 12 + 12) % 12;
      const size_t from_c =
          (static_cast<size_t>(from_a) + kNumChroma - kSemitonesFromAToC) % kNumChroma;
      out[from_c] = static_cast<float>(gain * bump[static_cast<size_t>(j)]);
    }
  }
}

}  // namespace sermo::dsp
