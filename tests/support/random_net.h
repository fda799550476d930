// Nets with random weights and rows of random features, for tests that need no training.
#pragma once

#include <cmath>
#include <memory>

#include "sermo/base/matrix.h"
#include "sermo/base/mt19937.h"
#include "sermo/model/nn/neural_net.h"

namespace sermo::testing {

// Weights of a size that keeps activations moderate, whatever the layer.
inline std::shared_ptr<const model::nn::NeuralNet> random_net(const model::nn::Graph& graph,
                                                              size_t num_features) {
  RandomState random(1);
  const model::nn::Plan plan = *model::nn::plan(graph, num_features);
  model::nn::AlignedFloats weights(plan.num_floats);
  for (const model::nn::Weight& weight : plan.weights()) {
    const double fan = weight.shape.size() > 1 ? static_cast<double>(weight.shape.rbegin()[1]) : 30;
    for (size_t i = 0; i < weight.size(); ++i) {
      const double value = 1.7 / std::sqrt(fan) * (2.0 * random.random_sample() - 1.0);
      const bool is_variance = weight.role == model::nn::WeightRole::kMovingVariance;
      weights[weight.offset + i] = static_cast<float>(is_variance ? 1.0 + value : value);
    }
  }
  return *model::nn::NeuralNet::create(graph, num_features, std::move(weights));
}

// Uniform in [-2, 2).
inline Matrix random_rows(size_t num_rows, size_t num_features, uint32_t seed = 2) {
  RandomState random(seed);
  Matrix rows(num_rows, num_features);
  for (size_t i = 0; i < num_rows * num_features; ++i)
    rows.data()[i] = static_cast<float>(4.0 * random.random_sample() - 2.0);
  return rows;
}

}  // namespace sermo::testing
