#include "sermo/model/calibrator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace sermo::model {

void Calibrator::apply(Matrix& probabilities) const {
  if (is_identity()) return;
  const auto power = static_cast<float>(1.0 / temperature);
  const auto offset = static_cast<float>(smoothing);
  for (size_t r = 0; r < probabilities.num_rows(); ++r) {
    // Relative to the largest, which becomes 1, so that the sum cannot vanish however low the
    // temperature. The ONNX form does the same steps.
    const std::span<const float> row = probabilities.row(r);
    const float maximum = *std::max_element(row.begin(), row.end()) + offset;
    float sum = 0.0f;
    for (float& p : probabilities.row(r)) {
      p = std::pow((p + offset) / maximum, power);
      sum += p;
    }
    for (float& p : probabilities.row(r)) p /= sum;
  }
}

Result<void> check(const Calibrator& calibrator) {
  if (!std::isfinite(calibrator.temperature) || calibrator.temperature <= 0.0) {
    return fail(ErrorCode::kCorrupt, fmt::format("the temperature is {}, wanted a positive number",
                                                 calibrator.temperature));
  }
  if (!std::isfinite(calibrator.smoothing) || calibrator.smoothing < 0.0) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("the smoothing is {}, wanted 0 or more", calibrator.smoothing));
  }
  return {};
}

}  // namespace sermo::model
