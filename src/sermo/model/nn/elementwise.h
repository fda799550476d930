// The parts of nets that are plain loops, shared by training and inference. Rows are channels last.
#pragma once

#include <span>

#include "sermo/model/nn/graph.h"

namespace sermo::model::nn {

// out = max(in, 0)
void relu(std::span<const float> in, std::span<float> out);

// Each channel c of `in`: in * scale[c] + shift[c].
void scale_and_shift(std::span<const float> in, std::span<const float> scale,
                     std::span<const float> shift, std::span<float> out);

// MaxPool over num_rows sequences of shape `in_shape`.
void max_pool(std::span<const float> in, size_t num_rows, Shape in_shape, size_t pool_size,
              std::span<float> out);

// exp(x - max) / sum of each row of num_labels values.
void softmax(std::span<const float> in, size_t num_labels, std::span<float> out);

}  // namespace sermo::model::nn
