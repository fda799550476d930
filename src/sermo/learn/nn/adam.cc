#include "sermo/learn/nn/adam.h"

#include <cmath>

namespace sermo::learn::nn {

Adam::Adam(const model::nn::Plan& plan, AdamOptions options)
    : options_(options), mean_(plan.num_floats), square_(plan.num_floats) {
  using model::nn::WeightRole;
  for (const model::nn::Weight& weight : plan.weights()) {
    if (!weight.trainable()) continue;
    const bool is_memory =
        weight.role == WeightRole::kInputKernel || weight.role == WeightRole::kRecurrentKernel;
    const bool is_kernel = is_memory || weight.role == WeightRole::kKernel;
    const double rate = is_memory ? options_.memory_rate : 1.0;
    ranges_.push_back({weight.offset, weight.offset + weight.size(), static_cast<float>(rate),
                       static_cast<float>(is_kernel ? rate * options_.weight_decay : 0.0)});
  }
}

void Adam::step(double learning_rate, std::span<const float> gradients, std::span<float> weights) {
  ++num_steps_;
  const double correction = std::sqrt(1.0 - std::pow(options_.beta2, num_steps_)) /
                            (1.0 - std::pow(options_.beta1, num_steps_));
  const auto mean_share = static_cast<float>(1.0 - options_.beta1);
  const auto square_share = static_cast<float>(1.0 - options_.beta2);
  const auto epsilon = static_cast<float>(options_.epsilon);
  const float* g = gradients.data();
  float* w = weights.data();
  float* m = mean_.data();
  float* v = square_.data();
  for (const Range& range : ranges_) {
    const auto rate = static_cast<float>(learning_rate * correction * range.rate);
    const auto kept = static_cast<float>(1.0 - learning_rate * range.decay);
    for (size_t i = range.begin; i < range.end; ++i) {
      m[i] += (g[i] - m[i]) * mean_share;
      v[i] += (g[i] * g[i] - v[i]) * square_share;
      w[i] = w[i] * kept - rate * m[i] / (std::sqrt(v[i]) + epsilon);
    }
  }
}

}  // namespace sermo::learn::nn
