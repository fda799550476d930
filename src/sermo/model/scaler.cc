#include "sermo/model/scaler.h"

#include <cmath>
#include <limits>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::model {

Scaler::Scaler(std::vector<float> offset, std::vector<float> scale)
    : offset_(std::move(offset)), scale_(std::move(scale)) {}

Result<Scaler> Scaler::fit(MatrixView rows) {
  if (rows.num_rows() == 0)
    return fail(ErrorCode::kTooShort, "a scaler needs at least one row, got none");
  const auto n = static_cast<double>(rows.num_rows());
  std::vector<float> offset(rows.num_cols());
  std::vector<float> scale(rows.num_cols());
  for (size_t c = 0; c < rows.num_cols(); ++c) {
    double sum = 0.0;
    for (size_t r = 0; r < rows.num_rows(); ++r) sum += rows(r, c);
    const double mean = sum / n;
    // Two passes and the correction for the rounding of the mean, as scikit-learn's incremental
    // variance.
    double sum_of_squares = 0.0;
    double sum_of_deviations = 0.0;
    for (size_t r = 0; r < rows.num_rows(); ++r) {
      const double deviation = rows(r, c) - mean;
      sum_of_squares += deviation * deviation;
      sum_of_deviations += deviation;
    }
    const double variance = (sum_of_squares - sum_of_deviations * sum_of_deviations / n) / n;
    if (!std::isfinite(variance)) {
      return fail(ErrorCode::kNotFinite,
                  "feature " + std::to_string(c) + " has values that are not finite");
    }
    // Below this bound the variance is rounding noise around a constant (scikit-learn's
    // _is_constant_feature).
    constexpr double kEpsilon = std::numeric_limits<double>::epsilon();
    const double noise = n * mean * kEpsilon;
    const bool constant = variance <= n * kEpsilon * variance + noise * noise;
    offset[c] = static_cast<float>(mean);
    // The same for what float32 cannot scale up to 1.
    const auto inverse = static_cast<float>(1.0 / std::sqrt(variance));
    scale[c] = constant || !std::isfinite(inverse) ? 1.0f : inverse;
  }
  return create(std::move(offset), std::move(scale));
}

Result<Scaler> Scaler::create(std::vector<float> offset, std::vector<float> scale) {
  if (offset.size() != scale.size()) {
    return fail(ErrorCode::kCorrupt, "a scaler has " + std::to_string(offset.size()) +
                                         " offsets but " + std::to_string(scale.size()) +
                                         " scales");
  }
  for (size_t c = 0; c < offset.size(); ++c) {
    if (!std::isfinite(offset[c]) || !std::isfinite(scale[c])) {
      return fail(ErrorCode::kCorrupt,
                  "a scaler's value for feature " + std::to_string(c) + " is not finite");
    }
  }
  return Scaler(std::move(offset), std::move(scale));
}

void Scaler::apply(MatrixView rows, Matrix& out) const {
  SERMO_CHECK(rows.num_cols() == num_features(), "rows must have the scaler's number of features");
  out.resize(rows.num_rows(), rows.num_cols());
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    const std::span<const float> from = rows.row(r);
    const std::span<float> to = out.row(r);
    for (size_t c = 0; c < from.size(); ++c) to[c] = (from[c] - offset_[c]) * scale_[c];
  }
}

}  // namespace sermo::model
