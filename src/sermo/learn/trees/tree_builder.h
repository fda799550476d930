// Grows one classification tree: Gini impurity, weighted rows, a random choice of features at each
// split.
//
// Equals scikit-learn's DecisionTreeClassifier (best splits) and ExtraTreeClassifier (random
// splits) but for the random numbers: at each node features are drawn without replacement until
// max_features were seen and at least one of them was not constant; the best of them by weighted
// Gini impurity splits the node, whatever its gain. A best split tries every boundary between
// different values and puts the threshold in the middle; a random split tries one threshold a
// feature, uniform between its smallest and largest value. Values closer than 1e-7 are not
// separated. Nodes are split until they hold one class, one row, no varying feature or lie at
// max_depth. A threshold is rounded down to float32, which sends every float32 value to the same
// side as the float64 threshold would.
//
// Thread rule: TrainingColumns is immutable and shared; a TreeBuilder is one thread's workspace.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/random.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::learn {

enum class SplitRule { kBest, kRandom };

// The table column by column, prepared once for all trees. Fewer than 2^32 rows and columns, no
// NaN.
class TrainingColumns {
 public:
  // `labels` are below num_labels. Best splits also need every column sorted: pass kBest.
  TrainingColumns(MatrixView rows, std::span<const int> labels, size_t num_labels, SplitRule rule);

  size_t num_rows() const { return labels_.size(); }
  size_t num_features() const { return num_features_; }
  size_t num_labels() const { return num_labels_; }
  std::span<const uint32_t> labels() const { return labels_; }

  // Column f in the order of the rows.
  std::span<const float> values(size_t f) const { return column(values_, f); }

  // Column f in ascending order, equal values in the order of their rows: the values, the row that
  // each comes from, and where each row went.
  std::span<const float> sorted_values(size_t f) const { return column(sorted_values_, f); }
  std::span<const uint32_t> sorted_rows(size_t f) const { return column(sorted_rows_, f); }
  std::span<const uint32_t> positions(size_t f) const { return column(positions_, f); }

 private:
  template <typename T>
  std::span<const T> column(const std::vector<T>& all, size_t f) const {
    return std::span<const T>(all).subspan(f * num_rows(), num_rows());
  }

  size_t num_features_;
  size_t num_labels_;
  std::vector<uint32_t> labels_;
  std::vector<float> values_;  // [D][N], as the following
  std::vector<float> sorted_values_;
  std::vector<uint32_t> sorted_rows_;
  std::vector<uint32_t> positions_;
};

struct TreeBuilderOptions {
  SplitRule rule = SplitRule::kBest;
  size_t max_features = 1;          // drawn at each split, 1 to D; more look more closely
  uint32_t max_depth = 0xffffffff;  // of a leaf; the root has depth 0
};

class TreeBuilder {
 public:
  // `columns` must outlive the builder and have been prepared for the same rule.
  TreeBuilder(const TrainingColumns& columns, const TreeBuilderOptions& options);

  // `weights` [N] are finite and not negative; rows of weight 0 do not exist for this tree, and at
  // least one row must. Nothing when `cancel` asks to stop.
  std::optional<model::Tree> build(std::span<const double> weights, Random& random,
                                   const std::stop_token& cancel = {});

 private:
  struct Sample {
    double weight;
    uint32_t label;
    bool in_node;  // marks the rows of a node while its features are gathered in order
  };
  struct Split {
    uint32_t feature = 0;
    float threshold = 0.0f;
    // Both halves' sums of squared class weights, each divided by its weight: the larger, the
    // purer.
    double score = -1.0;
    bool found() const { return score >= 0.0; }
  };
  struct Pending {
    uint32_t begin, end;  // its rows in rows_
    uint32_t depth;
    uint32_t parent;  // index of the node whose child it becomes
    bool is_left;
  };

  bool count_classes(std::span<const uint32_t> rows);
  Split choose_split(std::span<const uint32_t> rows, Random& random);
  bool try_best(uint32_t feature, std::span<const uint32_t> rows, Split& best);
  bool try_random(uint32_t feature, std::span<const uint32_t> rows, Random& random, Split& best);
  void gather_positions(uint32_t feature, std::span<const uint32_t> rows);
  void mark(std::span<const uint32_t> rows, bool in_node);
  uint32_t partition(std::span<uint32_t> rows, const Split& split);
  void append_leaf(model::Tree& tree, model::Tree::Node& node) const;

  const TrainingColumns& columns_;
  TreeBuilderOptions options_;

  std::vector<Sample> samples_;        // [N]
  std::vector<uint32_t> rows_;         // rows of weight > 0; a node's lie together
  std::vector<uint32_t> moved_;        // scratch of partition
  std::vector<uint32_t> features_;     // a permutation of the features, shuffled as they are drawn
  std::vector<Pending> pending_;       // nodes still to be made
  std::vector<uint32_t> positions_;    // the node's rows in the order of a feature
  std::vector<float> node_values_;     // the node's values of a feature
  std::vector<double> class_weights_;  // [K] of the node
  std::vector<double> left_weights_;   // [K] of the left half that is tried
  std::vector<double> right_weights_;  // [K]
  double node_weight_ = 0.0;
  bool marked_ = false;
};

}  // namespace sermo::learn
