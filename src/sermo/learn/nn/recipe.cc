#include "sermo/learn/nn/recipe.h"

#include <cmath>
#include <numbers>

namespace sermo::learn::nn {

double learning_rate(const Recipe& recipe, size_t step, size_t num_steps) {
  const auto at = static_cast<double>(step);
  const double warm_up_steps = recipe.warm_up * static_cast<double>(num_steps);
  if (at < warm_up_steps) return recipe.learning_rate * (at + 1.0) / (warm_up_steps + 1.0);
  if (recipe.schedule == Schedule::kConstant) return recipe.learning_rate;
  const double progress = (at - warm_up_steps) / (static_cast<double>(num_steps) - warm_up_steps);
  return recipe.learning_rate * 0.5 * (1.0 + std::cos(std::numbers::pi * progress));
}

}  // namespace sermo::learn::nn
