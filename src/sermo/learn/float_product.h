// One product of float matrices by oneDNN, whatever the instruction set. One thread. Thread rule:
// pure functions.
#pragma once

#include <dnnl.h>

#include <Eigen/Core>

#include "sermo/base/check.h"

namespace sermo::learn {

// A row-major float matrix or its transpose, as BLAS takes it.
struct Operand {
  const float* first;
  Eigen::Index stride;
  bool transposed;

  // What begins at this row and column.
  Operand from(Eigen::Index row, Eigen::Index col) const {
    return {transposed ? first + col * stride + row : first + row * stride + col, stride,
            transposed};
  }
  char flag() const { return transposed ? 'T' : 'N'; }
};

template <class Rows>
Operand plain(const Rows& a) {
  return {a.data(), a.outerStride(), false};
}
template <class Rows>
Operand transpose(const Rows& a) {
  return {a.data(), a.outerStride(), true};
}

// out [rows, cols], rows `stride` apart, = scale left right + keep out; `terms` are added up.
inline void float_product(Eigen::Index rows, Eigen::Index cols, Eigen::Index terms, float scale,
                          const Operand& left, const Operand& right, float keep, float* out,
                          Eigen::Index stride) {
  if (rows == 0 || cols == 0) return;
  const dnnl_status_t status =
      dnnl_sgemm(left.flag(), right.flag(), rows, cols, terms, scale, left.first, left.stride,
                 right.first, right.stride, keep, out, stride);
  SERMO_CHECK(status == dnnl_success, "the shapes of a product fit");
}

}  // namespace sermo::learn
