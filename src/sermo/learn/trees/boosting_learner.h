// Gradient boosting of trees (Friedman 2001), multinomial, fitted by XGBoost (Chen & Guestrin
// 2016).
//
// Each round adds one tree a class, fitted to the gradient of the softmax cross-entropy; the answer
// is the softmax of the summed scores. XGBoost differs from scikit-learn's GradientBoosting in
// that it uses second derivatives, penalises leaf scores (lambda 1) and looks only at a sample of
// the features in each split. Row weights multiply gradients. One thread fits, whatever the request
// allows: XGBoost adds its histograms up in an order that depends on the number of threads.
// Thread rule: immutable; fits may run side by side, on different threads.
#pragma once

#include <memory>
#include <string>

#include "sermo/learn/scaled_learner.h"

namespace sermo::learn {

struct BoostingOptions {
  int num_rounds = 100;        // trees a class; more fit closer
  int max_depth = 5;           // of each tree, 1 to 30
  double learning_rate = 0.1;  // by which each tree's scores are shrunk
  double columns_per_node =
      0.3;                     // share of the features that a split chooses from; less: more varied
  double rows_per_tree = 0.8;  // share of the rows that each tree is fitted to; less: more varied
  bool exact = false;          // thresholds between all values rather than 255 quantiles
};

class BoostingLearner final : public ScaledLearner {
 public:
  // kUsage for options out of range.
  static Result<std::shared_ptr<const BoostingLearner>> create(BoostingOptions options = {});

  std::string_view name() const override { return "gb"; }
  std::string_view title() const override { return "Gradient boosting"; }
  nlohmann::json hyperparameters() const override;

 private:
  explicit BoostingLearner(BoostingOptions options) : options_(std::move(options)) {}
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  BoostingOptions options_;
};

}  // namespace sermo::learn
