// Features at a byte each, for tables that are kept or shipped: a quarter of float32's size.
//
// Column c of row r is offsets[c] + steps[c] * values(r, c), computed in float64 and rounded to
// float32: the column's least number at 0, its greatest at 255, so that no number is cut off and
// none is off by more than half a step, 1/510 of what the column spans. Numbers read back are the
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
