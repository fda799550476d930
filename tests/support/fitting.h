// What tests of learners do again and again: ask for a fit, look inside, count what is right.
#pragma once

#include <vector>

#include "made_up_table.h"
#include "sermo/learn/learner.h"
#include "sermo/model/pipeline.h"

namespace sermo::testing {

// Looks at the table, which must outlive it.
inline learn::FitRequest request_for(const MadeUpTable& table) {
  learn::FitRequest request;
  request.train = {table.features, table.labels, {}};
  request.signature = {"made-up/1", table.features.num_cols(), table.label_names};
  return request;
}

// The core within a fitted pipeline.
template <typename C>
const C& core_of(const model::Classifier& classifier) {
  return dynamic_cast<const C&>(dynamic_cast<const model::Pipeline&>(classifier).core());
}

inline std::vector<int> predicted_labels(const model::Classifier& classifier, MatrixView features) {
  Matrix out;
  classifier.predict_proba(features, out);
  std::vector<int> labels;
  for (size_t r = 0; r < out.num_rows(); ++r)
    labels.push_back(static_cast<int>(model::argmax(out.row(r))));
  return labels;
}

// The share of rows whose label is predicted.
inline double accuracy(const model::Classifier& classifier, MatrixView features,
                       const std::vector<int>& labels) {
  const std::vector<int> predicted = predicted_labels(classifier, features);
  double num_right = 0.0;
  for (size_t r = 0; r < labels.size(); ++r) num_right += predicted[r] == labels[r] ? 1.0 : 0.0;
  return num_right / static_cast<double>(labels.size());
}
inline double accuracy(const model::Classifier& classifier, const MadeUpTable& table) {
  return accuracy(classifier, table.features, table.labels);
}

}  // namespace sermo::testing
