// What learners of scaled features have in common: checking the request, fitting the scaler,
// wrapping the core.
#pragma once

#include <memory>
#include <vector>

#include "sermo/learn/learner.h"
#include "sermo/model/core.h"

namespace sermo::learn {

// What a core is fitted on: scaled rows, checked labels and one weight a row.
struct ScaledExamples {
  const Matrix& features;             // [N, D], scaled by the training rows' mean and deviation
  std::span<const int> labels;        // [N], each below num_labels
  size_t num_labels;                  // K
  std::span<const double> weights;    // [N], from the class weight; all 1 without one
  const Matrix& validation_features;  // [M, D], scaled likewise; M may be 0
  std::span<const int> validation_labels;  // [M]
};

// scikit-learn's compute_class_weight: one weight a row. Classes without rows have no say.
std::vector<double> row_weights(ClassWeight class_weight, std::span<const int> labels,
                                size_t num_labels);

class ScaledLearner : public Learner {
 public:
  Result<std::unique_ptr<model::Classifier>> fit(const FitRequest& request) const final;

 private:
  // `request` is the original one (seed, threads, cancel, progress); its features are not scaled.
  virtual Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                              const FitRequest& request) const = 0;
};

}  // namespace sermo::learn
