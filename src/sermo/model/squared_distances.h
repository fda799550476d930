// Squared Euclidean distances from one row or several to every row of a fixed set: what nearest
// neighbours and radial kernels both begin with.
//
// Summed in float64 over the columns in their order, each pair by itself: equal rows have equal
// distances, identical rows distance 0, and nothing depends on which rows are asked for together.
// Thread rule: immutable after construction.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"

namespace sermo::model {

class SquaredDistances {
 public:
  explicit SquaredDistances(MatrixView rows);

  size_t num_rows() const { return num_rows_; }
  size_t num_cols() const { return num_cols_; }
  // The rows as they were given.
  Matrix rows() const;

  // out[r] = sum_c (rows(r, c) - x[c])^2; `x` has num_cols() values, `out` num_rows().
  void from(std::span<const float> x, std::span<double> out) const;

  // The same of several rows, three times as fast: out [x.num_rows(), num_rows()], row after row.
  void from(MatrixView x, std::span<double> out) const;

 private:
  float at(size_t row, size_t col) const;

  size_t num_rows_;
  size_t num_cols_;
  // Rows in panels of kPanelRows, in a panel column after column, so that rows lie in SIMD lanes
  // and memory is read in its order.
  std::vector<float> panels_;
};

}  // namespace sermo::model
