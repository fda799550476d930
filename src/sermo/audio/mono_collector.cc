#include "sermo/audio/mono_collector.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

namespace sermo::audio {
namespace {

// One frame's mean, with numpy's order of additions.
template <int kChannels>
float mean(const float* frame) {
  float sum = 0.0F;
  if constexpr (kChannels == 8) {
    sum = ((frame[0] + frame[1]) + (frame[2] + frame[3])) +
          ((frame[4] + frame[5]) + (frame[6] + frame[7]));
  } else {
    for (int channel = 0; channel < kChannels; ++channel) sum += frame[channel];
  }
  return sum / static_cast<float>(kChannels);
}

template <int kChannels>
void average(const float* interleaved, size_t num_frames, float* mono) {
  for (size_t i = 0; i < num_frames; ++i) mono[i] = mean<kChannels>(interleaved + i * kChannels);
}

using Average = void (*)(const float*, size_t, float*);
constexpr Average kAverages[kMaxChannels + 1] = {
    nullptr,    average<1>, average<2>, average<3>, average<4>,
    average<5>, average<6>, average<7>, average<8>,
};

// Without a branch for each sample, so that compilers look at several at once: NaN and infinity
// have all bits of the exponent set.
bool all_finite(const float* samples, size_t count) {
  constexpr uint32_t kExponent = 0x7F80'0000;
  uint32_t num_bad = 0;
  for (size_t i = 0; i < count; ++i)
    num_bad += (std::bit_cast<uint32_t>(samples[i]) & kExponent) == kExponent ? 1 : 0;
  return num_bad == 0;
}

size_t limit_in_samples(double duration_s, int sample_rate_hz) {
  const double samples = duration_s * sample_rate_hz;
  constexpr double kMost = 1e15;  // beyond any memory, and exact in double
  return static_cast<size_t>(std::clamp(samples, 0.0, kMost));
}

}  // namespace

Result<MonoCollector> MonoCollector::create(const AudioFormat& format,
                                            const DecodeOptions& options) {
  if (format.num_channels < 1 || format.num_channels > kMaxChannels) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("{} channels, wanted 1 to {}", format.num_channels, kMaxChannels));
  }
  if (format.sample_rate_hz < kMinSampleRateHz || format.sample_rate_hz > kMaxSampleRateHz) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("a sample rate of {} Hz, wanted {} to {} Hz", format.sample_rate_hz,
                            kMinSampleRateHz, kMaxSampleRateHz));
  }
  return MonoCollector(format, options);
}

MonoCollector::MonoCollector(const AudioFormat& format, const DecodeOptions& options)
    : num_channels_(format.num_channels),
      sample_rate_hz_(format.sample_rate_hz),
      max_duration_s_(options.max_duration_s),
      max_samples_(limit_in_samples(options.max_duration_s, format.sample_rate_hz)) {}

void MonoCollector::expect(size_t num_samples) {
  constexpr size_t kMostReserved = size_t{1} << 20;
  samples_.reserve(std::min({num_samples, max_samples_, kMostReserved}));
}

Result<void> MonoCollector::add(const float* interleaved, size_t num_frames) {
  const size_t old_size = samples_.size();
  if (num_frames > max_samples_ - old_size) {
    return fail(ErrorCode::kTooLong,
                fmt::format("longer than the limit of {:g} s", max_duration_s_));
  }
  samples_.resize(old_size + num_frames);
  float* const mono = samples_.data() + old_size;
  kAverages[num_channels_](interleaved, num_frames, mono);
  if (all_finite(mono, num_frames)) return {};
  const float* const bad = std::find_if_not<const float*>(mono, mono + num_frames,
                                                          [](float x) { return std::isfinite(x); });
  const auto position = static_cast<size_t>(bad - samples_.data());
  return fail(ErrorCode::kNotFinite, fmt::format("sample {} (at {:.3f} s) is {}", position,
                                                 static_cast<double>(position) / sample_rate_hz_,
                                                 std::isnan(*bad) ? "not a number" : "infinite"));
}

}  // namespace sermo::audio
