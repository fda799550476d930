// The matrix logarithm of a covariance, as a vector.
//
// Equals reference/voice/descriptors.py `log_covariance`: ridge is added to every variance,
// eigenvalues are at least 1e-6, and entries off the diagonal are multiplied by the square root of
// two, so that distances between vectors are those between matrices. Thread rule: pure.
#pragma once

#include <span>

#include "sermo/dsp/covariance.h"

namespace sermo::features {

// `scatter` has 26 rows; out: the upper triangle row by row, 351 values.
void log_covariance(const dsp::Scatter& scatter, std::span<float> out);

}  // namespace sermo::features
