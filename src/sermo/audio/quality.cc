#include "sermo/audio/quality.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::audio {
namespace {

float power_to_db(double power) {
  if (!(power > 0.0)) return kLevelFloor_db;
  return std::max(kLevelFloor_db, static_cast<float>(10.0 * std::log10(power)));
}

double mean_square(std::span<const float> samples) {
  double sum = 0.0;
  for (const float x : samples) sum += static_cast<double>(x) * x;
  return sum / static_cast<double>(samples.size());
}

size_t count_clipped(std::span<const float> samples) {
  constexpr float kAlmostFullScale = 0.98855F;  // -0.1 dB
  constexpr size_t kShortestRun = 3;
  const auto end_run = [](size_t run) { return run >= kShortestRun ? run : 0; };
  size_t num_clipped = 0;
  size_t run = 0;
  float previous = 0.0F;
  for (const float x : samples) {
    const bool same_side = run == 0 || (x > 0) == (previous > 0);
    const bool at_full_scale = std::abs(x) >= kAlmostFullScale;
    if (!at_full_scale || !same_side) num_clipped += end_run(std::exchange(run, 0));
    if (at_full_scale) ++run;
    previous = x;
  }
  return num_clipped + end_run(run);
}

float measure_silence(std::span<const float> samples, int sample_rate_hz) {
  constexpr int kFramesPerSecond = 50;
  constexpr double kSilentPower = 1e-6;          // -60 dB
  constexpr double kSilentRelativePower = 1e-4;  // -40 dB
  const size_t frame_samples =
      std::max<size_t>(1, static_cast<size_t>(sample_rate_hz) / kFramesPerSecond);
  std::vector<double> powers;
  powers.reserve(samples.size() / frame_samples + 1);
  for (; !samples.empty(); samples = samples.subspan(std::min(frame_samples, samples.size())))
    powers.push_back(mean_square(samples.first(std::min(frame_samples, samples.size()))));
  const double loudest = *std::max_element(powers.begin(), powers.end());
  const double threshold = std::max(kSilentPower, kSilentRelativePower * loudest);
  const auto num_silent =
      std::count_if(powers.begin(), powers.end(), [&](double power) { return power < threshold; });
  return static_cast<float>(num_silent) / static_cast<float>(powers.size());
}

}  // namespace

Quality measure_quality(std::span<const float> samples, int sample_rate_hz) {
  SERMO_CHECK(sample_rate_hz > 0, "a positive sample rate");
  Quality quality;
  if (samples.empty()) return quality;
  float peak = 0.0F;
  for (const float x : samples) peak = std::max(peak, std::abs(x));
  quality.peak_db = power_to_db(static_cast<double>(peak) * peak);
  quality.rms_db = power_to_db(mean_square(samples));
  quality.clipped_fraction =
      static_cast<float>(count_clipped(samples)) / static_cast<float>(samples.size());
  quality.silent_fraction = measure_silence(samples, sample_rate_hz);
  return quality;
}

std::vector<std::string> warnings(const Quality& quality, double duration_s) {
  std::vector<std::string> sentences;
  if (quality.clipped_fraction > kClippedFraction) {
    sentences.push_back(fmt::format("clipped: {:.1f} % of the samples are at full scale",
                                    100.0F * quality.clipped_fraction));
  }
  if (quality.peak_db < kQuietPeak_db)
    sentences.push_back(
        fmt::format("quiet: its peak is {:.0f} dB below full scale", -quality.peak_db));
  const double sound_s = duration_s * (1.0 - static_cast<double>(quality.silent_fraction));
  if (quality.silent_fraction > kSilentFraction || sound_s < kLeastSound_s) {
    sentences.push_back(
        fmt::format("mostly silence: {:.2f} of {:.2f} s hold sound", sound_s, duration_s));
  }
  return sentences;
}

}  // namespace sermo::audio
