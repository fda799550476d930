// Rows as sums of few directions: y = x P.
//
// Summed in float64 over the columns of x in their order, each row by itself, and rounded to
// float32 at the end: nothing depends on which rows are asked for together. Thread rule: immutable
// after construction.
#pragma once

#include <cstddef>
#include <utility>

#include "sermo/base/matrix.h"

namespace sermo::model {

class Projection {
 public:
  // `directions` is P, [D, P]; without rows nothing is projected.
  explicit Projection(Matrix directions) : directions_(std::move(directions)) {}

  bool is_identity() const { return directions_.num_rows() == 0; }
  const Matrix& directions() const { return directions_; }

  // `out` [N, P] for `x` [N, D]; x itself where nothing is projected.
  void apply(MatrixView x, Matrix& out) const;

 private:
  Matrix directions_;
};

}  // namespace sermo::model
