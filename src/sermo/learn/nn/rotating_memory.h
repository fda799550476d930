// Recurrent layers that start out remembering everything.
//
// By Keras's initialisers a GRU or LSTM halves what it has heard every step or two, so a net that
// reads 110 features one after the other has forgotten the first before it sees the last, and
// learns slowly to do better. Here its layers start as linear memories instead (Henaff, Szlam &
// LeCun 2016, "Recurrent orthogonal networks and long-memory tasks"): the gates are set open, the
// old state is replaced by a rotation of itself, and every input is added along a random direction:
//
//   h(t) = R h(t - 1) + W x(t),  R orthogonal
//
// R keeps lengths, so after T steps the state holds all T inputs, each turned by its age. States
// must stay small for tanh to be linear: W is drawn so that they reach about `scale` when inputs
// are of size 1, and the kernel of the next layer is divided by `scale`.
#pragma once

#include <cstdint>
#include <span>

#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

// Sets the weights of every LSTM and GRU of the plan and rescales the kernel after it; `weights` is
// the block of plan.num_floats, initialised. Deterministic by seed.
void start_as_memories(const model::nn::Plan& plan, double scale, uint64_t seed,
                       std::span<float> weights);

}  // namespace sermo::learn::nn
