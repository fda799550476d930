// The layers that multiply by weights: dense, convolution, recurrent. See layer.h.
#pragma once

#include <memory>

#include "sermo/learn/nn/layer.h"
#include "sermo/model/nn/operations.h"

namespace sermo::learn::nn {

std::unique_ptr<Layer> make_dense(const Wiring& wiring);
std::unique_ptr<Layer> make_conv1d(const Wiring& wiring, const model::nn::Conv1d& conv);
std::unique_ptr<Layer> make_recurrent(const Wiring& wiring, model::nn::Cell cell, size_t units,
                                      bool sequences);

}  // namespace sermo::learn::nn
