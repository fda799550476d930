// Products of all pairs of rows or columns of a large table: where learners that solve one system
// of equations spend their time.
//
// Multiplied in float32 by oneDNN, a few hundred terms at a time, and added up in float64: a
// millionth of |a| |b| off at most, at ten times the speed of float64 throughout. One thread. Thread
// rule: pure functions.
#pragma once

#include <Eigen/Core>

namespace sermo::learn {

using FloatRows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using FloatRowsRef =
    Eigen::Ref<const FloatRows, 0, Eigen::OuterStride<>>;  // rows of a larger matrix will do

// A B^T, [rows of A, rows of B]; both have the same number of columns.
Eigen::MatrixXd row_products(FloatRowsRef a, FloatRowsRef b);

// A A^T, the lower triangle; the rest is unspecified.
Eigen::MatrixXd row_products(FloatRowsRef a);

// A^T A, the lower triangle; the rest is unspecified.
Eigen::MatrixXd column_products(FloatRowsRef a);

// A B, [rows of A, columns of B], in float32 throughout.
FloatRows product(FloatRowsRef a, FloatRowsRef b);

}  // namespace sermo::learn
