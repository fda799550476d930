// Mono samples from one rate to another with libsoxr, quality HQ.
//
// Equals librosa.resample(y, orig_sr=from_hz, target_sr=to_hz, res_type='soxr_hq'), bit for bit
// with libsoxr 0.1.3: the result has ceil(n * to_hz / from_hz) samples, cut or padded with zeros.
// Equal rates copy. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::audio {

inline constexpr int kMinResampleRateHz = 1'000;
inline constexpr int kMaxResampleRateHz = 400'000;

// How many samples `resample` gives for `num_samples`: ceil(num_samples * (to_hz / from_hz)) in
// double, as librosa computes it, which is one more than the exact quotient for some whole ones.
size_t resampled_size(size_t num_samples, int from_hz, int to_hz);

// `samples` are finite and may be empty (gives an empty result). kUnsupported for a rate outside
// kMinResampleRateHz..kMaxResampleRateHz.
Result<std::vector<float>> resample(std::span<const float> samples, int from_hz, int to_hz);

// The same into `out`, which is resized and keeps its memory; `samples` must not lie in it.
Result<void> resample(std::span<const float> samples, int from_hz, int to_hz,
                      std::vector<float>& out);

}  // namespace sermo::audio
