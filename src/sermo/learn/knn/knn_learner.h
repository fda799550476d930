// Learns k nearest neighbours (model/knn): keeps the scaled training rows.
//
// Class weights, seed and threads have nothing to act on and change nothing. kTooShort for fewer
// rows than neighbours. Thread rule: immutable.
#pragma once

#include <cstddef>

#include "sermo/learn/scaled_learner.h"

namespace sermo::learn {

struct KnnLearnerOptions {
  size_t num_neighbors = 5;  // rows that vote; more is smoother
};

class KnnLearner final : public ScaledLearner {
 public:
  // kUsage for no neighbours.
  static Result<std::shared_ptr<const KnnLearner>> create(KnnLearnerOptions options = {});

  std::string_view name() const override { return "knn"; }
  std::string_view title() const override { return "k nearest neighbours"; }
  nlohmann::json hyperparameters() const override;

 private:
  explicit KnnLearner(KnnLearnerOptions options) : options_(options) {}
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  KnnLearnerOptions options_;
};

}  // namespace sermo::learn
