#include "sermo/learn/nn/orthogonal.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/base/normal.h"

namespace sermo::learn::nn {

// Rows of normal numbers made orthonormal one after the other: modified Gram-Schmidt, twice for
// accuracy.
void orthogonal(size_t num_rows, size_t num_cols, Random& random, std::span<float> values) {
  SERMO_CHECK(num_rows <= num_cols && values.size() == num_rows * num_cols,
              "no more rows than columns");
  std::vector<double> rows(num_rows * num_cols);
  for (double& value : rows) value = normal(random);
  const auto row = [&](size_t r) { return std::span(rows).subspan(r * num_cols, num_cols); };
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  for (size_t r = 0; r < num_rows; ++r) {
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t before = 0; before < r; ++before) {
        const double overlap = dot(row(r), row(before));
        for (size_t c = 0; c < num_cols; ++c) row(r)[c] -= overlap * row(before)[c];
      }
    }
    const double length = std::sqrt(dot(row(r), row(r)));
    for (double& value : row(r)) value /= length;
  }
  std::ranges::transform(rows, values.begin(),
                         [](double value) { return static_cast<float>(value); });
}

}  // namespace sermo::learn::nn
