#include "sermo/model/calibrator.h"

#include <fmt/format.h>

#include <cmath>

namespace sermo::model {

void Calibrator::apply(Matrix& probabilities) const {
  if (is_identity()) return;
  const auto power = static_cast<float>(1.0 / temperature);
  const auto offset = static_cast<float>(smoothing);
  for (size_t r = 0; r < probabilities.num_rows(); ++r) {
    float sum = 0.0f;
    for (float& p : probabilities.row(r)) {
      p = std::pow(p + offset, power);
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
