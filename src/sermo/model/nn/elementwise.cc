#include "sermo/model/nn/elementwise.h"

#include <algorithm>
#include <cmath>

namespace sermo::model::nn {

void relu(std::span<const float> in, std::span<float> out) {
  for (size_t i = 0; i < in.size(); ++i) out[i] = std::max(in[i], 0.0f);
}

void scale_and_shift(std::span<const float> in, std::span<const float> scale,
                     std::span<const float> shift, std::span<float> out) {
  const size_t num_channels = scale.size();
  for (size_t begin = 0; begin < in.size(); begin += num_channels) {
    const float* from = in.data() + begin;
    float* to = out.data() + begin;
    for (size_t c = 0; c < num_channels; ++c) to[c] = from[c] * scale[c] + shift[c];
  }
}

void max_pool(std::span<const float> in, size_t num_rows, Shape in_shape, size_t pool_size,
              std::span<float> out) {
  const size_t num_channels = in_shape.channels;
  const size_t num_pooled = in_shape.steps / pool_size;
  for (size_t r = 0; r < num_rows; ++r) {
    for (size_t p = 0; p < num_pooled; ++p) {
      const float* from = in.data() + (r * in_shape.steps + p * pool_size) * num_channels;
      float* to = out.data() + (r * num_pooled + p) * num_channels;
      std::copy_n(from, num_channels, to);
      for (size_t s = 1; s < pool_size; ++s) {
        const float* candidate = from + s * num_channels;
        for (size_t c = 0; c < num_channels; ++c) to[c] = std::max(to[c], candidate[c]);
      }
    }
  }
}

void softmax(std::span<const float> in, size_t num_labels, std::span<float> out) {
  for (size_t begin = 0; begin < in.size(); begin += num_labels) {
    const std::span<const float> logits = in.subspan(begin, num_labels);
    const std::span<float> probabilities = out.subspan(begin, num_labels);
    const float largest = *std::max_element(logits.begin(), logits.end());
    float sum = 0.0f;
    for (size_t k = 0; k < num_labels; ++k) sum += probabilities[k] = std::exp(logits[k] - largest);
    for (float& probability : probabilities) probability /= sum;
  }
}

}  // namespace sermo::model::nn
