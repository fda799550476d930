// Learns a support vector machine (model/svm): C-SVC with the RBF kernel, one machine a pair of
// classes, and Platt's sigmoid for each from decision values of inner folds.
//
// The machines equal scikit-learn's SVC(C=1, gamma="scale"): gamma = 1 / (D var), var over all
// scaled values. The inner folds are stratified over all classes and drawn from the request's seed,
// the same for every pair; libsvm's own probabilities use the process's rand(), so they differ from
// fit to fit. Pairs are fitted on up to num_threads threads; the result does not depend on their
// number, and fits side by side give the same bytes as one after the other. Cancellation is noticed
// between the fits of folds. Thread rule: immutable.
#pragma once

#include <cstddef>

#include "sermo/learn/scaled_learner.h"

namespace sermo::learn {

struct SvmLearnerOptions {
  double cost = 1.0;     // C, > 0; more fits the training rows closer. Class weights multiply it
  size_t num_folds = 5;  // >= 2; inner folds for the sigmoids
};

class SvmLearner final : public ScaledLearner {
 public:
  // kUsage for options out of range.
  static Result<std::shared_ptr<const SvmLearner>> create(SvmLearnerOptions options = {});

  std::string_view name() const override { return "svm"; }
  std::string_view title() const override { return "Support vector machine"; }
  nlohmann::json hyperparameters() const override;

 private:
  explicit SvmLearner(SvmLearnerOptions options) : options_(options) {}
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  SvmLearnerOptions options_;
};

}  // namespace sermo::learn
