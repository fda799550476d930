// The weights a net starts from: Keras's initialisers.
//
// Kernels: Glorot uniform, within sqrt(6 / (fan in + fan out)), a convolution's fans times its
// width. Recurrent kernels: orthogonal (Saxe et al. 2014), rows orthonormal. Biases 0, an LSTM's
// forget gate 1. Batch norm: scale 1, shift 0, moving mean 0, moving variance 1.
#pragma once

#include <cstdint>
#include <span>

#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

// Fills the block of plan.num_floats; the same seed gives the same bits. With a `memory_scale`
// above 0, recurrent layers start as rotating_memory.h says.
void initialise(const model::nn::Plan& plan, uint64_t seed, std::span<float> weights,
                double memory_scale = 0.0);

}  // namespace sermo::learn::nn
