#include "sermo/learn/nn/rotating_memory.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <variant>
#include <vector>

#include "sermo/base/normal.h"
#include "sermo/learn/nn/orthogonal.h"

namespace sermo::learn::nn {
namespace {

using model::nn::PlannedLayer;
using model::nn::Weight;
using model::nn::WeightRole;

constexpr uint64_t kMemoryStream = 0x3e30;  // apart from those of the other initialisers
constexpr size_t kCandidate = 2;            // which gate's place it takes, in LSTM and GRU alike
// Sigmoid of it is .9975: over 110 steps a leak of 1 / 400 each blurs the order of inputs little,
// and the gates can still learn to close.
constexpr double kOpen = 6.0;

double sigmoid(double x) { return 1.0 / (1.0 + std::exp(-x)); }

bool is_recurrent(const PlannedLayer& layer) {
  return std::holds_alternative<model::nn::Lstm>(layer.layer) ||
         std::holds_alternative<model::nn::Gru>(layer.layer);
}

class Memory {
 public:
  Memory(const PlannedLayer& layer, std::span<float> weights, Random random)
      : layer_(layer), weights_(weights), random_(random) {}

  // `input_size` is that of the inputs' numbers.
  void start(double scale, double input_size) {
    const bool is_lstm = std::holds_alternative<model::nn::Lstm>(layer_.layer);
    // The state passes an input and an output gate in an LSTM, a reset gate in a GRU.
    const double passed = is_lstm ? sigmoid(kOpen) * sigmoid(kOpen) : sigmoid(kOpen);
    const double num_inputs = static_cast<double>(layer_.input.size());
    set_input_kernel(scale / (input_size * std::sqrt(num_inputs)));
    set_rotation(1.0 / passed);
    if (is_lstm)
      set_bias({kOpen, -kOpen, 0.0, kOpen});
    else
      set_bias({-kOpen, kOpen, 0.0, 0.0});
  }

 private:
  std::span<float> values(size_t index) const {
    const Weight& weight = layer_.weights[index];
    return weights_.subspan(weight.offset, weight.size());
  }

  void set_input_kernel(double deviation) {
    const size_t num_cols = layer_.weights[0].shape[1];
    const size_t num_units = layer_.output.channels;
    const std::span<float> kernel = values(0);
    for (size_t i = 0; i < kernel.size(); ++i) {
      const bool writes = i % num_cols / num_units == kCandidate;
      kernel[i] = writes ? static_cast<float>(deviation * normal(random_)) : 0.0f;
    }
  }

  void set_rotation(double gain) {
    const size_t num_units = layer_.output.channels;
    const size_t num_cols = layer_.weights[1].shape[1];
    std::vector<float> rotation(num_units * num_units);
    orthogonal(num_units, num_units, random_, rotation);
    const std::span<float> kernel = values(1);
    std::ranges::fill(kernel, 0.0f);
    for (size_t r = 0; r < num_units; ++r)
      for (size_t c = 0; c < num_units; ++c)
        kernel[r * num_cols + kCandidate * num_units + c] =
            static_cast<float>(gain * rotation[r * num_units + c]);
  }

  void set_bias(const std::array<double, 4>& of_gates) {
    const std::span<float> bias = values(2);
    for (size_t i = 0; i < bias.size(); ++i)
      bias[i] = static_cast<float>(of_gates[i / layer_.output.channels]);
  }

  const PlannedLayer& layer_;
  std::span<float> weights_;
  Random random_;
};

}  // namespace

void start_as_memories(const model::nn::Plan& plan, double scale, uint64_t seed,
                       std::span<float> weights) {
  double input_size = 1.0;
  uint64_t stream = kMemoryStream;
  for (const PlannedLayer& layer : plan.layers) {
    if (is_recurrent(layer)) {
      Memory(layer, weights, Random(seed, stream++)).start(scale, input_size);
      input_size = scale;
    } else if (!layer.weights.empty()) {
      const Weight& kernel = layer.weights.front();
      if (kernel.role == WeightRole::kKernel)
        for (float& value : weights.subspan(kernel.offset, kernel.size()))
          value /= static_cast<float>(input_size);
      input_size = 1.0;
    }
  }
}

}  // namespace sermo::learn::nn
