// Row-major float32 matrices: the currency between layers. A row is a clip, a column a feature or a
// class.
//
// `Matrix` owns, `MatrixView` looks. Both are plain values: copies of a view see the same numbers;
// a view must not outlive what it looks at. Thread rule: as for a std::vector, reading side by side
// is safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "sermo/base/check.h"

namespace sermo {

// A read-only look at num_rows x num_cols floats, rows one after the other without gaps.
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(const float* data, size_t num_rows, size_t num_cols)
      : data_(data), num_rows_(num_rows), num_cols_(num_cols) {}

  // One row, for predicting a single clip.
  static MatrixView row_vector(std::span<const float> row) { return {row.data(), 1, row.size()}; }

  size_t num_rows() const { return num_rows_; }
  size_t num_cols() const { return num_cols_; }
  bool empty() const { return num_rows_ == 0 || num_cols_ == 0; }
  const float* data() const { return data_; }
  std::span<const float> row(size_t r) const { return {data_ + r * num_cols_, num_cols_}; }
  float operator()(size_t r, size_t c) const { return data_[r * num_cols_ + c]; }

 private:
  const float* data_ = nullptr;
  size_t num_rows_ = 0;
  size_t num_cols_ = 0;
};

class Matrix {
 public:
  Matrix() = default;
  Matrix(size_t num_rows, size_t num_cols)
      : values_(num_rows * num_cols), num_rows_(num_rows), num_cols_(num_cols) {}
  Matrix(std::vector<float> values, size_t num_rows, size_t num_cols)
      : values_(std::move(values)), num_rows_(num_rows), num_cols_(num_cols) {
    SERMO_CHECK(values_.size() == num_rows_ * num_cols_, "a matrix holds rows x columns values");
  }

  size_t num_rows() const { return num_rows_; }
  size_t num_cols() const { return num_cols_; }
  bool empty() const { return values_.empty(); }
  float* data() { return values_.data(); }
  const float* data() const { return values_.data(); }
  std::span<float> row(size_t r) { return {values_.data() + r * num_cols_, num_cols_}; }
  std::span<const float> row(size_t r) const { return {values_.data() + r * num_cols_, num_cols_}; }
  float& operator()(size_t r, size_t c) { return values_[r * num_cols_ + c]; }
  float operator()(size_t r, size_t c) const { return values_[r * num_cols_ + c]; }
  std::span<const float> values() const { return values_; }

  // Gives the matrix this shape; values are unspecified after a change of shape. Keeps its memory
  // where it suffices.
  void resize(size_t num_rows, size_t num_cols) {
    values_.resize(num_rows * num_cols);
    num_rows_ = num_rows;
    num_cols_ = num_cols;
  }

  operator MatrixView() const {
    return {values_.data(), num_rows_, num_cols_};
  }  // NOLINT: a view is free

 private:
  std::vector<float> values_;
  size_t num_rows_ = 0;
  size_t num_cols_ = 0;
};

// The rows of `from` at `row_indices`, in that order.
inline Matrix select_rows(MatrixView from, std::span<const size_t> row_indices) {
  Matrix out(row_indices.size(), from.num_cols());
  for (size_t r = 0; r < row_indices.size(); ++r) {
    const std::span<const float> source = from.row(row_indices[r]);
    std::copy(source.begin(), source.end(), out.row(r).begin());
  }
  return out;
}

}  // namespace sermo
