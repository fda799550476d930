// One layer of a net in training: what it computes from the layer before, and the way back.
//
// Everything is planned at construction: a layer is wired to fixed arrays, and a step allocates
// nothing. Thread rule: a layer belongs to one thread at a time, and is made and run under
// model::nn::OnOneThread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

enum class Mode {
  kTraining,   // dropout drops, batch norm uses the moments of the batch and updates its averages
  kInference,  // as the finished net will answer
};

// The arrays of one layer, rows one after the other, channels last. Where can_work_in_place() says
// so, `in` and `out` may be the same array, and then their gradients are too.
struct Wiring {
  const model::nn::PlannedLayer& layer;
  size_t num_rows;
  std::span<const float> in;
  std::span<float> out;
  std::span<const float> out_gradient;
  std::span<float> in_gradient;  // empty where nobody needs it: before the first layer with weights
  float* weights;                // the net's block; the layer's are at their offsets
  float* gradients;              // of the weights, at the same places
  uint64_t seed;                 // of the net's randomness, of which each layer
  uint64_t stream;               // has a stream of its own
};

class Layer {
 public:
  virtual ~Layer() = default;

  virtual void forward(Mode mode) = 0;
  // After forward(kTraining): fills in_gradient and the gradients of the weights.
  virtual void backward() = 0;
};

// Null for layers that only give the same numbers another shape, and for the softmax at the end,
// which is part of the loss.
std::unique_ptr<Layer> make_layer(const Wiring& wiring);
bool has_no_work(const model::nn::Layer& layer);

// Whether the layer may overwrite its input, as far as it itself is concerned.
bool can_work_in_place(const model::nn::Layer& layer);
// Whether the layer's way back needs its output as it left it.
bool needs_its_output(const model::nn::Layer& layer);

}  // namespace sermo::learn::nn
