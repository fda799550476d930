// Learns kernel ridge regression of class membership (model/kernel_ridge), balanced.
//
// Targets are 1 for a row's class less 1 / K; alpha = (k(X, X) + ridge diag(1 / w))^-1 targets with
// k(x, y) = exp(-gamma / D |x - y|^2) and w = N / (K count) of the row's class, whatever class
// weight is asked for. With every feature (`components` 0) it equals reference/voice/evaluate.py
// `kernel_ridge` of scaled and clipped rows.
//
// Distances are taken within the leading principal components of the training rows, of which a few
// hundred hold nearly all that thousands of features say: the model is then the smaller and the
// faster by as much, and can afford to keep every row, degraded copies too. A table of more rows
// than `max_rows` is learnt from that many, drawn by the seed: memory and time for the equations
// grow with their square and cube. Thread rule: immutable.
#pragma once

#include <memory>

#include "sermo/learn/scaled_learner.h"
#include "sermo/learn/usual_schemas.h"

namespace sermo::learn {

struct KernelRidgeOptions {
  double ridge = 0.1;
  double gamma = 0.3;  // of squared distances divided by the number of features
  float clip = 3.0f;   // standard deviations; 0: not clipped
  size_t components = 512;  // 0: every feature
  size_t max_rows = 16384;  // a GiB of float32 for the equations
  double sharpness = 6.0;  // probabilities are the softmax of the scores times this
};

class KernelRidgeLearner final : public ScaledLearner {
 public:
  // kUsage for a ridge, gamma or sharpness that is not positive, a clip below zero, and for what is
  // not finite.
  static Result<std::shared_ptr<const KernelRidgeLearner>> create(KernelRidgeOptions options = {});

  std::string_view name() const override { return "kernel_ridge"; }
  std::string_view title() const override { return "Kernel ridge"; }
  nlohmann::json hyperparameters() const override;
  std::string_view usual_schema() const override { return kVoiceSchema; }

 private:
  explicit KernelRidgeLearner(KernelRidgeOptions options) : options_(options) {}
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  KernelRidgeOptions options_;
};

}  // namespace sermo::learn
