// Mono samples from one rate to another with libsoxr, quality HQ.
//
// Equals librosa.resample(y, orig_sr=from_hz, target_sr=to_hz, res_type='soxr_hq'), bit for bit
// with libsoxr 0.1.3: the result has exactly ceil(n * to_hz / from_hz) samples, cut or padded with
// zeros. Equal rates copy. Thread rule: pure function.
#pragma once

#include <span>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::audio {

// Rates in Hz, 1,000 to 400,000. `samples` may be empty (gives an empty result).
Result<std::vector<float>> resample(std::span<const float> samples, int from_hz, int to_hz);

}  // namespace sermo::audio
