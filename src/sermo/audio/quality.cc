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

// Four sums side by side: one would have to wait for itself at every sample.
double energy(std::span<const float> samples) {
  double sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= samples.size(); i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const auto x = static_cast<double>(samples[i + lane]);
      sums[lane] += x * x;
    }
  }
  for (; i < samples.size(); ++i) sums[0] += static_cast<double>(samples[i]) * samples[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
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

// The mean square of each frame of 20 ms; the last one may be shorter.
std::vector<double> frame_powers(std::span<const float> samples, int sample_rate_hz) {
  constexpr int kFramesPerSecond = 50;
  const size_t frame_samples = static_cast<size_t>(std::max(1, sample_rate_hz / kFramesPerSecond));
  std::vector<double> powers;
  powers.reserve(samples.size() / frame_samples + 1);
  for (size_t start = 0; start < samples.size(); start += frame_samples) {
    const auto frame = samples.subspan(start, std::min(frame_samples, samples.size() - start));
    powers.push_back(energy(frame) / static_cast<double>(frame.size()));
  }
  return powers;
}

float silent_part(std::span<const double> powers) {
  constexpr double kSilentPower = 1e-6;          // -60 dB
  constexpr double kSilentRelativePower = 1e-4;  // -40 dB
  const double loudest = *std::max_element(powers.begin(), powers.end());
  const double threshold = std::max(kSilentPower, kSilentRelativePower * loudest);
  const auto num_silent =
      std::count_if(powers.begin(), powers.end(), [&](double power) { return power < threshold; });
  return static_cast<float>(num_silent) / static_cast<float>(powers.size());
}

}  // namespace

float level_db(std::span<const float> samples) {
  if (samples.empty()) return kLevelFloor_db;
  return power_to_db(energy(samples) / static_cast<double>(samples.size()));
}

Quality measure_quality(std::span<const float> samples, int sample_rate_hz) {
  SERMO_CHECK(sample_rate_hz > 0, "a positive sample rate");
  Quality quality;
  if (samples.empty()) return quality;
  float peak = 0.0F;
  for (const float x : samples) peak = std::max(peak, std::abs(x));
  quality.peak_db = power_to_db(static_cast<double>(peak) * peak);
  quality.rms_db = level_db(samples);
  quality.clipped_fraction =
      static_cast<float>(count_clipped(samples)) / static_cast<float>(samples.size());
  quality.silent_fraction = silent_part(frame_powers(samples, sample_rate_hz));
  return quality;
}

std::vector<std::string> warnings(const Quality& quality, double duration_s) {
  std::vector<std::string> sentences;
  if (duration_s < kShortClip_s) {
    sentences.push_back(
        fmt::format("very short: {:.2f} s, too little to tell an emotion surely", duration_s));
  }
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
