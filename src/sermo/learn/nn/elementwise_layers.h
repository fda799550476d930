// The layers that are plain loops: relu, batch norm, max pooling, dropout. See layer.h.
#pragma once

#include <memory>

#include "sermo/learn/nn/layer.h"

namespace sermo::learn::nn {

// The share of the old value that a moving average keeps in a step: Keras's momentum.
inline constexpr float kBatchNormMomentum = 0.99f;

std::unique_ptr<Layer> make_relu(const Wiring& wiring);
std::unique_ptr<Layer> make_batch_norm(const Wiring& wiring);
std::unique_ptr<Layer> make_max_pool(const Wiring& wiring, const model::nn::MaxPool& pool);
std::unique_ptr<Layer> make_dropout(const Wiring& wiring, const model::nn::Dropout& dropout);

}  // namespace sermo::learn::nn
