#include "sermo/model/pipeline.h"

#include <fmt/format.h>

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
                   const Calibrator& calibrator)
    : signature_(std::move(signature)),
      scaler_(std::move(scaler)),
      core_(std::move(core)),
      calibrator_(calibrator) {}

Result<std::unique_ptr<Pipeline>> Pipeline::create(Signature signature, Scaler scaler,
                                                   std::shared_ptr<const Core> core,
                                                   const Calibrator& calibrator) {
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
  SERMO_TRY_VOID(check(calibrator));
  return std::unique_ptr<Pipeline>(
      new Pipeline(std::move(signature), std::move(scaler), std::move(core), calibrator));
}

void Pipeline::predict_proba(MatrixView features, Matrix& out) const {
  Matrix scaled;
  scaler_.apply(features, scaled);
  core_->predict_proba(scaled, out);
  calibrator_.apply(out);
}

std::unique_ptr<Classifier> Pipeline::with_calibrator(const Calibrator& calibrator) const {
  SERMO_CHECK(check(calibrator).has_value(),
              "a calibrator has a positive temperature and no negative smoothing");
  return std::unique_ptr<Classifier>(new Pipeline(signature_, scaler_, core_, calibrator));
}

}  // namespace sermo::model
