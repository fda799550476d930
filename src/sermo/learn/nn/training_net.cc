#include "sermo/learn/nn/training_net.h"

#include <algorithm>
#include <cmath>

#include "sermo/base/check.h"
#include "sermo/model/nn/elementwise.h"

namespace sermo::learn::nn {

using model::nn::AlignedFloats;
using model::nn::PlannedLayer;

TrainingNet::TrainingNet(const model::nn::Plan& plan, size_t num_rows, uint64_t seed)
    : plan_(plan),
      num_rows_(num_rows),
      weights_(plan.num_floats),
      gradients_(plan.num_floats),
      probabilities_(num_rows * plan.num_labels) {
  const auto allocate = [&](size_t size) -> std::span<float> {
    return arrays_.emplace_back(num_rows * size);  // moved about, an array keeps its address
  };
  input_ = allocate(plan.num_features);
  std::span<float> activation = input_;
  std::span<float> gradient;     // empty as long as no layer before has weights
  bool keeps_activation = true;  // whether `activation` is still needed on the way back
  for (const PlannedLayer& layer : plan.layers) {
    if (has_no_work(layer.layer)) continue;
    const bool in_place = can_work_in_place(layer.layer) && !keeps_activation;
    const bool needs_gradient = !gradient.empty() || !layer.weights.empty();
    const size_t out_size = layer.output.size();
    const std::span<float> out = in_place ? activation : allocate(out_size);
    const std::span<float> out_gradient =
        in_place || !needs_gradient ? gradient : allocate(out_size);
    layers_.push_back(make_layer({layer, num_rows, activation, out, out_gradient, gradient,
                                  weights_.data(), gradients_.data(), seed, layers_.size()}));
    keeps_activation = needs_its_output(layer.layer);
    activation = out;
    gradient = out_gradient;
  }
  logits_ = activation;
  logits_gradient_ = gradient;
}

std::span<const float> TrainingNet::forward(Mode mode) {
  for (const std::unique_ptr<Layer>& layer : layers_) layer->forward(mode);
  model::nn::softmax(logits_, plan_.num_labels, probabilities_);
  return probabilities_;
}

double TrainingNet::backward(std::span<const float> targets, std::span<const float> row_weights) {
  SERMO_CHECK(targets.size() == probabilities_.size() && row_weights.size() == num_rows_,
              "one target a probability, one weight a row");
  double loss = 0.0;
  const size_t num_labels = plan_.num_labels;
  for (size_t r = 0; r < num_rows_; ++r) {
    const std::span<const float> target = targets.subspan(r * num_labels, num_labels);
    const std::span<const float> p =
        std::span<const float>(probabilities_).subspan(r * num_labels, num_labels);
    const float weight = row_weights[r] / static_cast<float>(num_rows_);
    float mass = 0.0f;
    for (float t : target) mass += t;
    for (size_t k = 0; k < num_labels; ++k) {
      if (target[k] != 0.0f)
        loss -= weight * target[k] * std::log(std::max(p[k], kSmallestProbability));
      logits_gradient_[r * num_labels + k] = weight * (mass * p[k] - target[k]);
    }
  }
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) (*layer)->backward();
  return loss;
}

}  // namespace sermo::learn::nn
