#include "sermo/model/pipeline.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::model {

size_t argmax(std::span<const float> values) {
  size_t best = 0;
  for (size_t i = 1; i < values.size(); ++i) {
    if (values[i] > values[best]) best = i;
  }
  return best;
}

Pipeline::Pipeline(Signature signature, Scaler scaler, std::shared_ptr<const Core> core,
                   double temperature)
    : signature_(std::move(signature)),
      scaler_(std::move(scaler)),
      core_(std::move(core)),
      temperature_(temperature) {}

Result<std::unique_ptr<Pipeline>> Pipeline::create(Signature signature, Scaler scaler,
                                                   std::shared_ptr<const Core> core,
                                                   double temperature) {
  SERMO_CHECK(core != nullptr, "a pipeline needs a core");
  if (scaler.num_features() != signature.num_features ||
      core->num_features() != signature.num_features) {
    return fail(
        ErrorCode::kMismatch,
        fmt::format("the model takes {} features, its scaler {}, its {} {}", signature.num_features,
                    scaler.num_features(), core->family(), core->num_features()));
  }
  if (core->num_labels() != signature.num_labels()) {
    return fail(ErrorCode::kMismatch,
                fmt::format("the model has {} labels, but its {} answers with {}",
                            signature.num_labels(), core->family(), core->num_labels()));
  }
  if (!std::isfinite(temperature) || temperature <= 0.0) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("the temperature is {}, wanted a positive number", temperature));
  }
  return std::unique_ptr<Pipeline>(
      new Pipeline(std::move(signature), std::move(scaler), std::move(core), temperature));
}

void Pipeline::predict_proba(MatrixView features, Matrix& out) const {
  Matrix scaled;
  scaler_.apply(features, scaled);
  core_->predict_proba(scaled, out);
  if (temperature_ == 1.0) return;
  const auto power = static_cast<float>(1.0 / temperature_);
  for (size_t r = 0; r < out.num_rows(); ++r) {
    float sum = 0.0f;
    for (float& p : out.row(r)) sum += p = std::pow(p, power);
    for (float& p : out.row(r)) p /= sum;
  }
}

std::unique_ptr<Pipeline> Pipeline::with_temperature(double temperature) const {
  SERMO_CHECK(std::isfinite(temperature) && temperature > 0.0, "a temperature is positive");
  return std::unique_ptr<Pipeline>(new Pipeline(signature_, scaler_, core_, temperature));
}

}  // namespace sermo::model
