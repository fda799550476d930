// Standard normal random numbers from uniform ones: Box & Muller 1958.
#pragma once

#include <cmath>
#include <numbers>

#include "sermo/learn/trees/random.h"

namespace sermo::learn::nn {

inline double normal(Random& random) {
  const double radius = std::sqrt(-2.0 * std::log(1.0 - random.uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * random.uniform());
}

}  // namespace sermo::learn::nn
