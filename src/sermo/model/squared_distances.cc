#include "sermo/model/squared_distances.h"

#include <algorithm>

#include "sermo/base/check.h"

namespace sermo::model {

SquaredDistances::SquaredDistances(MatrixView rows)
    : num_rows_(rows.num_rows()),
      num_cols_(rows.num_cols()),
      columns_(rows.num_rows() * rows.num_cols()) {
  for (size_t r = 0; r < num_rows_; ++r) {
    for (size_t c = 0; c < num_cols_; ++c) columns_[c * num_rows_ + r] = rows(r, c);
  }
}

Matrix SquaredDistances::rows() const {
  Matrix out(num_rows_, num_cols_);
  for (size_t r = 0; r < num_rows_; ++r) {
    for (size_t c = 0; c < num_cols_; ++c) out(r, c) = columns_[c * num_rows_ + r];
  }
  return out;
}

void SquaredDistances::from(std::span<const float> x, std::span<double> out) const {
  SERMO_CHECK(x.size() == num_cols_ && out.size() == num_rows_, "a column each, a distance a row");
  // A block of sums stays in the nearest cache while all columns pass by.
  constexpr size_t kBlock = 1024;
  for (size_t begin = 0; begin < num_rows_; begin += kBlock) {
    const size_t count = std::min(kBlock, num_rows_ - begin);
    double* const sums = out.data() + begin;
    std::fill_n(sums, count, 0.0);
    for (size_t c = 0; c < num_cols_; ++c) {
      const float* const column = columns_.data() + c * num_rows_ + begin;
      const double value = x[c];
      for (size_t r = 0; r < count; ++r) {
        const double difference = static_cast<double>(column[r]) - value;
        sums[r] += difference * difference;
      }
    }
  }
}

}  // namespace sermo::model
