// Learns kernel ridge regression of class membership (model/kernel_ridge), balanced.
//
// Targets are 1 for a row's class less 1 / K; alpha = (k(X, X) + ridge diag(1 / w))^-1 targets with
// k(x, y) = exp(-gamma / D |x - y|^2) and w = N / (K count) of the row's class, whatever class
// weight is asked for. Equals reference/voice/evaluate.py `kernel_ridge` of scaled and clipped
// rows; products in float32 (row_products.h), everything else in float64.
//
// A table of more rows than `max_centres` is learnt from whole, but the answer is a sum of kernels
// around that many rows, drawn by the seed: the same sum of squares is made least among such sums
// (subset of regressors; Smola & Schoelkopf, "Sparse greedy matrix approximation", ICML 2000,
// eq. 10). So a model of many degraded copies is no larger, and no slower, than one of few. Thread
// rule: immutable.
#pragma once

#include <memory>

#include "sermo/learn/scaled_learner.h"
#include "sermo/learn/usual_schemas.h"

namespace sermo::learn {

struct KernelRidgeOptions {
  double ridge = 0.1;
  double gamma = 0.3;  // of squared distances divided by the number of features
  float clip = 3.0f;   // standard deviations; 0: not clipped
  size_t max_centres = 2880;
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
