// Adam with decoupled weight decay: Keras's Adam and AdamW.
//
// Kingma & Ba 2015, algorithm 1 in its efficient order: with step t and rate a,
//   m += (g - m) (1 - beta1);  v += (g^2 - v) (1 - beta2)
//   w -= a sqrt(1 - beta2^t) / (1 - beta1^t) m / (sqrt(v) + epsilon)
// and, before that, w -= a decay w for kernels (Loshchilov & Hutter 2019). Moving averages among
// the weights stay as they are. Thread rule: belongs to one thread at a time.
#pragma once

#include <span>
#include <vector>

#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

struct AdamOptions {
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-7;      // Keras's
  double weight_decay = 0.0;  // of kernels, as a multiple of the learning rate
  double memory_rate = 1.0;   // of kernels of recurrent layers, as a multiple of the learning rate
};

class Adam {
 public:
  Adam(const model::nn::Plan& plan, AdamOptions options);

  // One step on the block of weights; both hold plan.num_floats.
  void step(double learning_rate, std::span<const float> gradients, std::span<float> weights);

 private:
  struct Range {
    size_t begin;
    size_t end;
    float rate;   // as a multiple of the learning rate
    float decay;  // likewise
  };
  AdamOptions options_;
  std::vector<Range> ranges_;
  model::nn::AlignedFloats mean_;
  model::nn::AlignedFloats square_;
  int num_steps_ = 0;
};

}  // namespace sermo::learn::nn
