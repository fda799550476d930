// Random matrices with orthonormal rows (Saxe et al. 2014), as Keras's Orthogonal initialiser.
#pragma once

#include <cstddef>
#include <span>

#include "sermo/base/random.h"

namespace sermo::learn::nn {

// Fills `values`, [num_rows, num_cols]; never more rows than columns.
void orthogonal(size_t num_rows, size_t num_cols, Random& random, std::span<float> values);

}  // namespace sermo::learn::nn
