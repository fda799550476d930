// The usual Classifier: scale, ask the core, calibrate.
#pragma once

#include <memory>

#include "sermo/base/result.h"
#include "sermo/model/calibrator.h"
#include "sermo/model/classifier.h"
#include "sermo/model/core.h"
#include "sermo/model/scaler.h"

namespace sermo::model {

class Pipeline final : public Classifier {
 public:
  // kMismatch when scaler, core and signature disagree on D or K; kCorrupt for a temperature that
  // is not positive.
  static Result<std::unique_ptr<Pipeline>> create(Signature signature, Scaler scaler,
                                                  std::shared_ptr<const Core> core,
                                                  const Calibrator& calibrator = {});

  std::string_view family() const override { return core_->family(); }
  const Signature& signature() const override { return signature_; }
  std::span<const float> training_mean() const override { return scaler_.offset(); }
  const Calibrator& calibrator() const override { return calibrator_; }
  std::unique_ptr<Classifier> with_calibrator(const Calibrator& calibrator) const override;
  void predict_proba(MatrixView features, Matrix& out) const override;

  const Scaler& scaler() const { return scaler_; }
  const Core& core() const { return *core_; }
  std::shared_ptr<const Core> shared_core() const { return core_; }

 private:
  Pipeline(Signature signature, Scaler scaler, std::shared_ptr<const Core> core,
           const Calibrator& calibrator);

  Signature signature_;
  Scaler scaler_;
  std::shared_ptr<const Core> core_;
  Calibrator calibrator_;
};

}  // namespace sermo::model
