// Making FrameMatrix values for tests.
#pragma once

#include <cstddef>
#include <random>

#include "sermo/base/matrix.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::testing {

// The same values; the padding holds something that would show if it were taken for a frame.
inline dsp::FrameMatrix to_frames(MatrixView matrix) {
  dsp::FrameMatrix frames(matrix.num_rows(), matrix.num_cols());
  for (size_t r = 0; r < frames.num_rows(); ++r) {
    for (size_t f = 0; f < frames.stride(); ++f) {
      frames.row(r)[f] = f < matrix.num_cols() ? matrix(r, f) : 1e6f;
    }
  }
  return frames;
}

// Magnitudes over several orders: the absolute value of a normal number, cubed.
inline dsp::FrameMatrix random_magnitudes(size_t num_rows, size_t num_frames, unsigned seed) {
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal;
  Matrix matrix(num_rows, num_frames);
  for (size_t r = 0; r < num_rows; ++r) {
    for (float& value : matrix.row(r)) {
      const float x = normal(rng);
      value = x < 0 ? -x * x * x : x * x * x;
    }
  }
  return to_frames(matrix);
}

}  // namespace sermo::testing
