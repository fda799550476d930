// k nearest neighbours: the share of each class among the k training rows that are nearest in
// Euclidean distance, every neighbour with the same say.
//
// Equals scikit-learn's KNeighborsClassifier(n_neighbors=k) on the same scaled rows. Distances are
// float64; of rows at the same distance the one earlier in the training table is nearer. Thread
// rule: immutable after construction.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/model/core.h"
#include "sermo/model/squared_distances.h"

namespace sermo::model {

struct KnnOptions {
  size_t num_labels = 0;     // K
  size_t num_neighbors = 5;  // k, at most the number of rows
  Matrix rows;               // [M, D] scaled training rows
  std::vector<int> labels;   // [M], each below num_labels
};

class KnnCore final : public Core {
 public:
  // kCorrupt: a label out of range, as many labels as rows not given, k of 0 or more than the rows,
  // values that are not finite.
  static Result<std::shared_ptr<const KnnCore>> create(KnnOptions options);

  std::string_view family() const override { return "knn"; }
  size_t num_features() const override { return distances_.num_cols(); }
  size_t num_labels() const override { return num_labels_; }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  size_t num_neighbors() const { return num_neighbors_; }
  Matrix rows() const { return distances_.rows(); }
  std::span<const int> labels() const { return labels_; }

 private:
  explicit KnnCore(KnnOptions options);

  size_t num_labels_;
  size_t num_neighbors_;
  SquaredDistances distances_;
  std::vector<int> labels_;
};

}  // namespace sermo::model
