#include "sermo/augment/room.h"

#include <cmath>
#include <numbers>
#include <span>

#include "sermo/base/check.h"
#include "sermo/base/normal.h"

namespace sermo::augment {

std::vector<float> room_response(const Room& room, int rate_hz, Random& random) {
  const auto first = static_cast<size_t>(std::lround(kFirstReflection_s * rate_hz));
  const auto num_samples = static_cast<size_t>(std::lround(room.rt60_s * rate_hz));
  SERMO_CHECK(first < num_samples, "a room is heard for longer than until its first reflection");
  std::vector<float> response(num_samples);
  const std::span<float> tail = std::span(response).subspan(first);
  fill_normal(random, tail);
  const double decay = std::exp(-3.0 * std::numbers::ln10 / (room.rt60_s * rate_hz));
  double amplitude = 1.0;
  double energy = 0.0;
  for (float& sample : tail) {
    sample = static_cast<float>(amplitude * sample);
    energy += static_cast<double>(sample) * sample;
    amplitude *= decay;
  }
  const auto scale = static_cast<float>(std::sqrt(std::pow(10.0, -room.direct_db / 10.0) / energy));
  for (float& sample : tail) sample *= scale;
  response[0] = 1.0f;
  return response;
}

}  // namespace sermo::augment
