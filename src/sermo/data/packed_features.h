// Features at a byte each, for tables that are kept or shipped: a quarter of float32's size, and a
// sixth once compressed.
//
// Column c of row r is offsets[c] + steps[c] * values(r, c), computed in float64 and rounded to
// float32. The column's least number is at 0, and a step is a fifth of its standard deviation, or
// more where 255 of these do not reach its greatest: no number is cut off, and none is off by more
// than half a step. Numbers read back are the
// same on every machine. Thread rule: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"

namespace sermo::data {

struct PackedFeatures {
  std::vector<uint8_t> values;  // [N, D], row by row
  std::vector<float> offsets;   // [D]
  std::vector<float> steps;     // [D], 0 where a column is all one number
};

// Every number must be finite.
PackedFeatures pack(MatrixView features);

// kMismatch where offsets and steps are not one a column or `values` is not [num_rows, D]. What
// comes out may be not finite where they are not.
Result<Matrix> unpack(const PackedFeatures& packed, size_t num_rows, size_t num_cols);

}  // namespace sermo::data
