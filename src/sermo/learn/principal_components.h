// The directions in which a table varies most.
//
// Found by subspace iteration on the covariance (Halko, Martinsson & Tropp, "Finding structure with
// randomness", SIAM Review 2011, algorithm 4.4), products in float32 (row_products.h): the
// directions together hold the variance of the true leading ones to within a thousandth; each by
// itself need not be one of these. One thread. Thread rule: pure function.
#pragma once

#include <cstddef>

#include "sermo/learn/row_products.h"

namespace sermo::learn {

// `count` orthonormal columns, [D, count], largest variance first; `rows` is [N, D] with
// count < min(N, D).
FloatRows principal_components(FloatRowsRef rows, size_t count);

}  // namespace sermo::learn
