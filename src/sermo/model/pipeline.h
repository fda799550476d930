// The usual Classifier: scale, ask the core, calibrate.
//
// Calibration is temperature scaling (Guo et al. 2017, eq. 9) of probabilities: p_k^(1/T) / sum_j
// p_j^(1/T), which equals softmax(logits / T) where the core's answer is a softmax. T = 1 changes
// nothing; T does not change the label.
#pragma once

#include <memory>

#include "sermo/base/result.h"
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
                                                  double temperature = 1.0);

  std::string_view family() const override { return core_->family(); }
  const Signature& signature() const override { return signature_; }
  void predict_proba(MatrixView features, Matrix& out) const override;

  const Scaler& scaler() const { return scaler_; }
  const Core& core() const { return *core_; }
  double temperature() const { return temperature_; }

  // The same model with another temperature; shares the core.
  std::unique_ptr<Pipeline> with_temperature(double temperature) const;

 private:
  Pipeline(Signature signature, Scaler scaler, std::shared_ptr<const Core> core,
           double temperature);

  Signature signature_;
  Scaler scaler_;
  std::shared_ptr<const Core> core_;
  double temperature_;
};

}  // namespace sermo::model
