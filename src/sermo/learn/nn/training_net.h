// A net in training: a fixed number of rows forward, the loss, and the gradients back.
//
// Memory, layouts and kernels are planned at construction; a step allocates nothing of its own.
// Thread rule: belongs to one thread at a time, and is made and run under model::nn::OnOneThread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sermo/learn/nn/layer.h"
#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

class TrainingNet {
 public:
  // Weights are zero. `seed` is that of dropout. The plan must outlive the net.
  TrainingNet(const model::nn::Plan& plan, size_t num_rows, uint64_t seed);
  TrainingNet(const TrainingNet&) = delete;
  TrainingNet& operator=(const TrainingNet&) = delete;

  size_t num_rows() const { return num_rows_; }
  const model::nn::Plan& plan() const { return plan_; }

  std::span<float> input() { return input_; }      // [num_rows, D], to be filled before forward()
  std::span<float> weights() { return weights_; }  // plan.num_floats
  std::span<const float> gradients() const { return gradients_; }  // at the places of the weights
  std::span<float> gradients() { return gradients_; }

  // Probabilities [num_rows, K].
  std::span<const float> forward(Mode mode);

  // After forward(kTraining): the loss, sum over rows of -weight sum_k target log p, divided by
  // num_rows; the gradients are those of this loss. `targets` [num_rows, K] may be soft.
  double backward(std::span<const float> targets, std::span<const float> row_weights);

 private:
  const model::nn::Plan& plan_;
  size_t num_rows_;
  model::nn::AlignedFloats weights_;
  model::nn::AlignedFloats gradients_;
  std::span<float> input_;
  std::span<float> logits_;
  std::span<float> logits_gradient_;
  std::vector<float> probabilities_;
  std::vector<model::nn::AlignedFloats> arrays_;  // activations and their gradients
  std::vector<std::unique_ptr<Layer>> layers_;
};

// -log p is taken of no less than this, as Keras does.
inline constexpr float kSmallestProbability = 1e-7f;

}  // namespace sermo::learn::nn
