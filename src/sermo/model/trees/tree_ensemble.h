// Decision trees that answer together: random forests, extremely randomised trees and gradient
// boosting.
//
// A row goes left where x <= threshold, compared in float32, as ONNX's BRANCH_LEQ. Forests answer
// with the mean of their leaves' class probabilities (scikit-learn's predict_proba), boosting with
// the softmax of the base scores plus the sum of its leaves' scores (XGBoost's multi:softprob).
// Sums run in float32 in the order of the trees, for one row and for many alike, so a row's answer
// does not depend on its neighbours. Rows hold no NaN; one that did would be answered, not crash.
//
// Thread rule: immutable after construction; predict_proba may be called from any number of
// threads.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/model/core.h"

namespace sermo::model {

// One tree as a learner or a file describes it: nodes[0] is the root, every other node is the child
// of exactly one.
struct Tree {
  static constexpr uint32_t kLeaf = 0xffffffff;
  struct Node {
    uint32_t feature = kLeaf;  // the column that is compared; kLeaf in a leaf
    float threshold = 0.0f;    // finite
    uint32_t left = 0;         // where x <= threshold; in a leaf, the first of its values
    uint32_t right = 0;        // the other child; in a leaf, one past the last of its values
    bool is_leaf() const { return feature == kLeaf; }
    bool operator==(const Node&) const = default;
  };
  // What a leaf says about one class. Classes that it does not mention have 0.
  struct LeafValue {
    uint32_t label_index = 0;
    float value = 0.0f;
    bool operator==(const LeafValue&) const = default;
  };

  std::vector<Node> nodes;
  std::vector<LeafValue> leaf_values;  // a leaf's values lie together, classes ascending
  bool operator==(const Tree&) const = default;
};

enum class TreeAggregation {
  kMean,     // probabilities: each leaf's values are positive and sum to 1
  kSoftmax,  // scores: softmax of base score plus sum
};

struct TreeEnsembleOptions {
  size_t num_features = 0;  // D
  size_t num_labels = 0;    // K
  TreeAggregation aggregation = TreeAggregation::kMean;
  std::vector<float> base_scores;  // [K] for kSoftmax, empty for kMean
  std::vector<Tree> trees;         // at least one
};

class TreeEnsemble final : public Core {
 public:
  // kCorrupt for whatever is not an ensemble of trees: no tree, a child out of range, shared or
  // its own ancestor, a node that is reached from nowhere, a feature or class out of range, a
  // number that is not finite, leaves of a forest that do not sum to 1. kTooLarge beyond 2^31
  // nodes.
  static Result<std::shared_ptr<const TreeEnsemble>> create(const TreeEnsembleOptions& options);

  std::string_view family() const override { return "tree_ensemble"; }
  size_t num_features() const override { return num_features_; }
  size_t num_labels() const override { return num_labels_; }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  size_t num_trees() const { return roots_.size(); }
  size_t num_nodes() const { return nodes_.size(); }
  // What create() would make this ensemble of again, each tree in breadth-first order.
  TreeEnsembleOptions options() const;

 private:
  // Children lie side by side, so that one index leads to both; a leaf is its own child, so that
  // walking on from it is harmless and lanes of different depth can walk in step.
  struct Node {
    float threshold;
    uint32_t feature;
    uint32_t left;
  };

  TreeEnsemble() = default;
  void append(const Tree& tree);
  static constexpr size_t kLanes = 8;
  void walk_to_leaves(const float* const (&rows)[kLanes], uint32_t (&at)[kLanes]) const;
  void add_leaf(uint32_t node_index, float* sums) const;

  size_t num_features_ = 0;
  size_t num_labels_ = 0;
  TreeAggregation aggregation_ = TreeAggregation::kMean;
  std::vector<float> base_scores_;
  std::vector<uint32_t> roots_;  // index of each tree's root in nodes_
  std::vector<Node> nodes_;      // all trees, one after the other
  std::vector<uint32_t>
      first_leaf_values_;  // [nodes + 1]: a node's values are those up to the next's
  std::vector<Tree::LeafValue> leaf_values_;
};

}  // namespace sermo::model
