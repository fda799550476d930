// The mean and the standard deviation of every row over its frames.
//
// Equal numpy.mean(x, axis=1) and numpy.std(x, axis=1) (population: divided by the number of
// frames), accumulated in double. Thread rule: pure functions.
#pragma once

#include <span>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::features {

struct MeanAndStd {
  double mean = 0;
  double std = 0;
};

// `values` holds at least one.
MeanAndStd mean_and_std(std::span<const float> values);

// means[r] and stds[r] are those of row r.
void row_statistics(const dsp::FrameMatrix& rows, std::span<float> means, std::span<float> stds);

}  // namespace sermo::features
