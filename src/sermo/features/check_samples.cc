#include "sermo/features/check_samples.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sermo::features {

Result<void> check_samples(std::span<const float> samples, size_t min_samples, int sample_rate_hz) {
  if (samples.size() < min_samples) {
    return fail(ErrorCode::kTooShort,
                fmt::format("too short: {} samples ({:.3f} s), wanted at least {} ({:.3f} s)",
                            samples.size(), static_cast<double>(samples.size()) / sample_rate_hz,
                            min_samples, static_cast<double>(min_samples) / sample_rate_hz));
  }
  const auto not_finite = std::find_if_not(samples.begin(), samples.end(),
                                           [](float sample) { return std::isfinite(sample); });
  if (not_finite != samples.end()) {
    return fail(ErrorCode::kNotFinite, fmt::format("sample {} is {}, wanted finite numbers",
                                                   not_finite - samples.begin(), *not_finite));
  }
  if (std::all_of(samples.begin(), samples.end(), [](float sample) { return sample == 0.0f; })) {
    return fail(ErrorCode::kSilent, "silent: every sample is zero");
  }
  return {};
}

}  // namespace sermo::features
