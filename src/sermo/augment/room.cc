#include "sermo/augment/room.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

#include "sermo/base/normal.h"

namespace sermo::augment {

std::vector<float> room_response(const Room& room, int rate_hz, Random& random) {
  const auto num_samples =
      std::max<size_t>(2, static_cast<size_t>(std::lround(room.rt60_s * rate_hz)));
  std::vector<float> response(num_samples);
  const std::span<float> tail = std::span(response).subspan(1);
  fill_normal(random, tail);
  const double decay = std::exp(-3.0 * std::numbers::ln10 / (room.rt60_s * rate_hz));
  double amplitude = 1.0;
  double energy = 0.0;
  for (float& sample : tail) {
    amplitude *= decay;
    sample = static_cast<float>(amplitude * sample);
    energy += static_cast<double>(sample) * sample;
  }
  const double ratio = std::pow(10.0, room.direct_db / 10.0);  // of energies, direct to the rest
  response[0] = static_cast<float>(std::sqrt(ratio / (1.0 + ratio)));
  const auto scale = static_cast<float>(std::sqrt(1.0 / ((1.0 + ratio) * energy)));
  for (float& sample : tail) sample *= scale;
  return response;
}

}  // namespace sermo::augment
