// A net at inference: the forward pass over a fixed number of rows, planned once.
//
// Thread rule: an object belongs to one thread at a time, and is made and run under OnOneThread;
// any number of them may share the weights.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/graph.h"

namespace sermo::model::nn {

class ForwardPass {
 public:
  // `weights` holds plan.num_floats, and must stay as it is.
  ForwardPass(const Plan& plan, const float* weights, size_t num_rows);

  // [num_rows, D], to be filled before run().
  std::span<float> input() { return activations_.front(); }
  // [num_rows, K], valid until the next run().
  std::span<const float> run();

 private:
  std::vector<AlignedFloats> activations_;    // the input and each step's output
  std::vector<std::function<void()>> steps_;  // fill one activation from the one before
};

}  // namespace sermo::model::nn
