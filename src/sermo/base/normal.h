// Standard normal random numbers from uniform ones: Box & Muller 1958.
#pragma once

#include <cmath>
#include <numbers>
#include <span>

#include "sermo/base/random.h"

namespace sermo {

inline double normal(Random& random) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * random.uniform());
}

// Many at once, two from each pair of uniform ones, in float32: noise for sound.
inline void fill_normal(Random& random, std::span<float> out) {
  constexpr float kTurn = 2.0f * std::numbers::pi_v<float>;
  for (size_t i = 0; i < out.size(); i += 2) {
    // 24 bits each, the first never zero.
    const uint64_t bits = random.next();
    const float first = (static_cast<float>(bits >> 40) + 0.5f) * 0x1p-24f;
    const float angle = kTurn * static_cast<float>((bits & 0xffffff) * 0x1p-24);
    const float radius = std::sqrt(-2.0f * std::log(first));
    out[i] = radius * std::cos(angle);
    if (i + 1 < out.size()) out[i + 1] = radius * std::sin(angle);
  }
}

}  // namespace sermo
