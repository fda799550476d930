#include "sermo/learn/nn/initialise.h"

#include <algorithm>
#include <cmath>

#include "sermo/learn/nn/orthogonal.h"
#include "sermo/learn/nn/rotating_memory.h"
#include "sermo/base/random.h"

namespace sermo::learn::nn {
namespace {

using model::nn::Weight;
using model::nn::WeightRole;

void glorot_uniform(const Weight& weight, Random& random, std::span<float> values) {
  const size_t num_in = weight.shape[weight.shape.size() - 2];
  const size_t num_out = weight.shape.back();
  const size_t width = weight.size() / (num_in * num_out);
  const double limit = std::sqrt(6.0 / static_cast<double>(width * (num_in + num_out)));
  for (float& value : values) value = static_cast<float>(limit * (2.0 * random.uniform() - 1.0));
}

}  // namespace

void initialise(const model::nn::Plan& plan, uint64_t seed, std::span<float> weights,
                double memory_scale) {
  uint64_t stream = 0;
  for (const Weight& weight : plan.weights()) {
    const std::span<float> values = weights.subspan(weight.offset, weight.size());
    Random random(seed, stream++);
    switch (weight.role) {
      case WeightRole::kKernel:
      case WeightRole::kInputKernel:
        glorot_uniform(weight, random, values);
        break;
      case WeightRole::kRecurrentKernel:
        orthogonal(weight.shape[0], weight.shape[1], random, values);
        break;
      case WeightRole::kLstmBias: {
        std::ranges::fill(values, 0.0f);
        const size_t num_units = weight.size() / 4;
        std::ranges::fill(values.subspan(num_units, num_units), 1.0f);
        break;
      }
      case WeightRole::kBias:
      case WeightRole::kGruBias:
      case WeightRole::kShift:
      case WeightRole::kMovingMean:
        std::ranges::fill(values, 0.0f);
        break;
      case WeightRole::kScale:
      case WeightRole::kMovingVariance:
        std::ranges::fill(values, 1.0f);
        break;
    }
  }
  if (memory_scale > 0.0) start_as_memories(plan, memory_scale, seed, weights);
}

}  // namespace sermo::learn::nn
