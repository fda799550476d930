#include "sermo/augment/level.h"

#include <cmath>

#include "sermo/dsp/loud_part.h"

namespace sermo::augment {

double root_mean_square(std::span<const float> samples) {
  if (samples.empty()) return 0.0;
  double sum = 0.0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  return std::sqrt(sum / static_cast<double>(samples.size()));
}

std::span<const float> loud_samples(std::span<const float> samples, int rate_hz) {
  const auto quarter_hop = static_cast<size_t>(std::lround(rate_hz / 400.0));
  const dsp::SampleRange loud =
      dsp::loud_part(samples, {.cut = {4 * quarter_hop, 10 * quarter_hop}});
  return samples.subspan(loud.first, loud.size());
}

}  // namespace sermo::augment
