// What every extractor asks of samples before it looks at them. Thread rule: pure.
#pragma once

#include <cstddef>
#include <span>

#include "sermo/base/result.h"

namespace sermo::features {

// kTooShort (fewer than min_samples), kNotFinite (a NaN or infinity), kSilent (all zeros).
Result<void> check_samples(std::span<const float> samples, size_t min_samples, int sample_rate_hz);

}  // namespace sermo::features
