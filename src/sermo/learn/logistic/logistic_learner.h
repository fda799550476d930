// Learns multinomial logistic regression (model/linear).
//
// Equals scikit-learn's LogisticRegression(C=1.0): least sum over rows of weight x log loss, plus
// half the sum of squared weights over C; offsets are not penalised. Solved in float64 by L-BFGS
// from zero, so the seed and the number of threads change nothing. Thread rule: immutable.
#pragma once

#include <memory>

#include "sermo/learn/scaled_learner.h"

namespace sermo::learn {

struct LogisticOptions {
  double inverse_penalty = 1.0;  // C; less is smoother
};

class LogisticLearner final : public ScaledLearner {
 public:
  // kUsage for a C that is not finite and positive.
  static Result<std::shared_ptr<const LogisticLearner>> create(LogisticOptions options = {});

  std::string_view name() const override { return "logistic"; }
  std::string_view title() const override { return "Logistic regression"; }
  nlohmann::json hyperparameters() const override;

 private:
  explicit LogisticLearner(LogisticOptions options) : options_(options) {}
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  LogisticOptions options_;
};

}  // namespace sermo::learn
