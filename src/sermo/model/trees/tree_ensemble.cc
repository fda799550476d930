#include "sermo/model/trees/tree_ensemble.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sermo/base/check.h"

namespace sermo::model {
namespace {

// How far the probabilities of one leaf may be from 1: rounding of up to thousands of classes.
constexpr double kLeafSumTolerance = 1e-4;

Result<void> check_leaf(const Tree& tree, const Tree::Node& leaf,
                        const TreeEnsembleOptions& options) {
  if (leaf.left > leaf.right || leaf.right > tree.leaf_values.size()) {
    return fail(ErrorCode::kCorrupt, fmt::format("a leaf has values {} to {} of {}", leaf.left,
                                                 leaf.right, tree.leaf_values.size()));
  }
  double sum = 0.0;
  for (uint32_t v = leaf.left; v < leaf.right; ++v) {
    const Tree::LeafValue& value = tree.leaf_values[v];
    if (value.label_index >= options.num_labels) {
      return fail(ErrorCode::kCorrupt, fmt::format("a leaf speaks of class {}, but there are {}",
                                                   value.label_index, options.num_labels));
    }
    if (v > leaf.left && value.label_index <= tree.leaf_values[v - 1].label_index)
      return fail(ErrorCode::kCorrupt, "the classes of a leaf are not in ascending order");
    if (!std::isfinite(value.value))
      return fail(ErrorCode::kCorrupt, "a leaf has a value that is not finite");
    if (options.aggregation == TreeAggregation::kMean && value.value <= 0.0f) {
      return fail(ErrorCode::kCorrupt,
                  fmt::format("a leaf has probability {}, wanted more than 0", value.value));
    }
    sum += value.value;
  }
  if (options.aggregation == TreeAggregation::kMean && std::abs(sum - 1.0) > kLeafSumTolerance)
    return fail(ErrorCode::kCorrupt, fmt::format("a leaf's probabilities sum to {:.6g}", sum));
  return {};
}

// Every node but the root is the child of exactly one node, and every value belongs to one leaf.
Result<void> check_tree(const Tree& tree, const TreeEnsembleOptions& options) {
  const size_t num_nodes = tree.nodes.size();
  if (num_nodes == 0) return fail(ErrorCode::kCorrupt, "it has no nodes");
  std::vector<bool> has_parent(num_nodes);
  has_parent[0] = true;  // the root is nobody's child
  size_t num_values = 0;
  for (size_t i = 0; i < num_nodes; ++i) {
    const Tree::Node& node = tree.nodes[i];
    if (node.is_leaf()) {
      SERMO_TRY_VOID(check_leaf(tree, node, options));
      num_values += node.right - node.left;
      continue;
    }
    if (node.feature >= options.num_features) {
      return fail(ErrorCode::kCorrupt, fmt::format("node {} compares feature {}, but there are {}",
                                                   i, node.feature, options.num_features));
    }
    if (!std::isfinite(node.threshold))
      return fail(ErrorCode::kCorrupt, fmt::format("the threshold of node {} is not finite", i));
    for (const uint32_t child : {node.left, node.right}) {
      if (child >= num_nodes) {
        return fail(ErrorCode::kCorrupt, fmt::format("node {} has child {}, but there are {} nodes",
                                                     i, child, num_nodes));
      }
      if (has_parent[child])
        return fail(ErrorCode::kCorrupt, fmt::format("node {} is reached in two ways", child));
      has_parent[child] = true;
    }
  }
  if (num_values != tree.leaf_values.size()) {
    return fail(ErrorCode::kCorrupt, fmt::format("its leaves have {} values, but {} are given",
                                                 num_values, tree.leaf_values.size()));
  }
  // One parent each still allows a ring apart from the root: those nodes are not reached from it.
  std::vector<uint32_t> reached{0};
  for (size_t i = 0; i < reached.size(); ++i) {
    const Tree::Node& node = tree.nodes[reached[i]];
    if (!node.is_leaf()) reached.insert(reached.end(), {node.left, node.right});
  }
  if (reached.size() != num_nodes) {
    return fail(ErrorCode::kCorrupt, fmt::format("{} of its {} nodes are not reached from the root",
                                                 num_nodes - reached.size(), num_nodes));
  }
  return {};
}

Result<void> check_ensemble(const TreeEnsembleOptions& options) {
  if (options.num_features == 0 || options.num_features >= Tree::kLeaf || options.num_labels < 2) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("an ensemble of trees of {} features and {} classes",
                            options.num_features, options.num_labels));
  }
  if (options.trees.empty())
    return fail(ErrorCode::kCorrupt, "an ensemble of trees without a tree");
  const size_t wanted =
      options.aggregation == TreeAggregation::kSoftmax ? options.num_labels : size_t{0};
  if (options.base_scores.size() != wanted) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("an ensemble of trees has {} base scores, wanted {}",
                            options.base_scores.size(), wanted));
  }
  for (const float score : options.base_scores) {
    if (!std::isfinite(score))
      return fail(ErrorCode::kCorrupt, "a base score of an ensemble of trees is not finite");
  }
  size_t num_nodes = 0;
  size_t num_values = 0;
  for (size_t t = 0; t < options.trees.size(); ++t) {
    Result<void> checked = check_tree(options.trees[t], options);
    if (!checked) return fail(std::move(checked.error()).in(fmt::format("tree {}", t)));
    num_nodes += options.trees[t].nodes.size();
    num_values += options.trees[t].leaf_values.size();
  }
  constexpr size_t kMaxItems = size_t{1} << 31;  // indices are 32 bits wide
  if (num_nodes > kMaxItems || num_values > kMaxItems) {
    return fail(ErrorCode::kTooLarge,
                fmt::format("an ensemble of {} nodes and {} leaf values", num_nodes, num_values));
  }
  return {};
}

void softmax(std::span<float> scores) {
  const float highest = *std::max_element(scores.begin(), scores.end());
  float sum = 0.0f;
  for (float& score : scores) sum += score = std::exp(score - highest);
  for (float& score : scores) score /= sum;
}

}  // namespace

Result<std::shared_ptr<const TreeEnsemble>> TreeEnsemble::create(
    const TreeEnsembleOptions& options) {
  SERMO_TRY_VOID(check_ensemble(options));
  std::shared_ptr<TreeEnsemble> ensemble(new TreeEnsemble);
  ensemble->num_features_ = options.num_features;
  ensemble->num_labels_ = options.num_labels;
  ensemble->aggregation_ = options.aggregation;
  ensemble->base_scores_ = options.base_scores;
  size_t num_nodes = 0;
  size_t num_values = 0;
  for (const Tree& tree : options.trees) {
    num_nodes += tree.nodes.size();
    num_values += tree.leaf_values.size();
  }
  ensemble->roots_.reserve(options.trees.size());
  ensemble->nodes_.reserve(num_nodes);
  ensemble->first_leaf_values_.reserve(num_nodes + 1);
  ensemble->leaf_values_.reserve(num_values);
  for (const Tree& tree : options.trees) ensemble->append(tree);
  ensemble->first_leaf_values_.push_back(static_cast<uint32_t>(num_values));
  return ensemble;
}

// Breadth first, which puts siblings side by side and the upper levels, which every row visits,
// together.
void TreeEnsemble::append(const Tree& tree) {
  roots_.push_back(static_cast<uint32_t>(nodes_.size()));
  const size_t root = nodes_.size();
  std::vector<uint32_t> order{0};
  order.reserve(tree.nodes.size());
  for (size_t i = 0; i < order.size(); ++i) {
    const Tree::Node& node = tree.nodes[order[i]];
    first_leaf_values_.push_back(static_cast<uint32_t>(leaf_values_.size()));
    if (node.is_leaf()) {
      nodes_.push_back(
          {std::numeric_limits<float>::infinity(), 0, static_cast<uint32_t>(root + i)});
      leaf_values_.insert(leaf_values_.end(), tree.leaf_values.begin() + node.left,
                          tree.leaf_values.begin() + node.right);
    } else {
      nodes_.push_back({node.threshold, node.feature, static_cast<uint32_t>(root + order.size())});
      order.insert(order.end(), {node.left, node.right});
    }
  }
}

TreeEnsembleOptions TreeEnsemble::options() const {
  TreeEnsembleOptions options{num_features_, num_labels_, aggregation_, base_scores_, {}};
  options.trees.resize(roots_.size());
  for (size_t t = 0; t < roots_.size(); ++t) {
    Tree& tree = options.trees[t];
    const uint32_t begin = roots_[t];
    const auto end = t + 1 < roots_.size() ? roots_[t + 1] : static_cast<uint32_t>(nodes_.size());
    tree.nodes.resize(end - begin);
    for (uint32_t i = begin; i < end; ++i) {
      const Node& node = nodes_[i];
      Tree::Node& out = tree.nodes[i - begin];
      if (node.left != i) {
        out = {node.feature, node.threshold, node.left - begin, node.left - begin + 1};
        continue;
      }
      out.left = static_cast<uint32_t>(tree.leaf_values.size());
      tree.leaf_values.insert(tree.leaf_values.end(), leaf_values_.begin() + first_leaf_values_[i],
                              leaf_values_.begin() + first_leaf_values_[i + 1]);
      out.right = static_cast<uint32_t>(tree.leaf_values.size());
    }
  }
  return options;
}

// Several walks in step: each waits for memory, so eight at once take little longer than one.
void TreeEnsemble::walk_to_leaves(const float* const (&rows)[kLanes],
                                  uint32_t (&at)[kLanes]) const {
  const Node* nodes = nodes_.data();
  uint32_t moved = 1;
  while (moved != 0) {
    moved = 0;
    for (size_t lane = 0; lane < kLanes; ++lane) {
      const Node& node = nodes[at[lane]];
      const uint32_t next = node.left + (rows[lane][node.feature] > node.threshold ? 1 : 0);
      moved |= next ^ at[lane];
      at[lane] = next;
    }
  }
}

void TreeEnsemble::add_leaf(uint32_t node_index, float* sums) const {
  const uint32_t end = first_leaf_values_[node_index + 1];
  for (uint32_t v = first_leaf_values_[node_index]; v < end; ++v)
    sums[leaf_values_[v].label_index] += leaf_values_[v].value;
}

void TreeEnsemble::predict_proba(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features_, "rows must have the ensemble's features");
  const size_t num_rows = scaled.num_rows();
  const size_t num_trees = roots_.size();
  out.resize(num_rows, num_labels_);
  for (size_t r = 0; r < num_rows; ++r) {
    if (base_scores_.empty()) {
      std::fill(out.row(r).begin(), out.row(r).end(), 0.0f);
    } else {
      std::copy(base_scores_.begin(), base_scores_.end(), out.row(r).begin());
    }
  }
  const float* rows[kLanes];
  uint32_t at[kLanes];

  // Eight rows walk down one tree together, many rows before the next tree, so that each tree comes
  // from memory once and the rows stay in the cache; what remains of the rows walks down eight
  // trees together.
  constexpr size_t kBlockBytes = 256 * 1024;
  const size_t rows_per_block = kBlockBytes / (num_features_ * sizeof(float));
  const size_t block_size = std::max(rows_per_block - rows_per_block % kLanes, kLanes);
  const size_t num_grouped = num_rows - num_rows % kLanes;
  for (size_t block = 0; block < num_grouped; block += block_size) {
    const size_t block_end = std::min(block + block_size, num_grouped);
    for (size_t t = 0; t < num_trees; ++t) {
      for (size_t r = block; r < block_end; r += kLanes) {
        for (size_t lane = 0; lane < kLanes; ++lane) {
          rows[lane] = scaled.row(r + lane).data();
          at[lane] = roots_[t];
        }
        walk_to_leaves(rows, at);
        for (size_t lane = 0; lane < kLanes; ++lane) add_leaf(at[lane], out.row(r + lane).data());
      }
    }
  }
  for (size_t r = num_grouped; r < num_rows; ++r) {
    std::fill(std::begin(rows), std::end(rows), scaled.row(r).data());
    for (size_t t = 0; t < num_trees; t += kLanes) {
      const size_t num_lanes = std::min(kLanes, num_trees - t);
      for (size_t lane = 0; lane < kLanes; ++lane)
        at[lane] = roots_[t + std::min(lane, num_lanes - 1)];
      walk_to_leaves(rows, at);
      for (size_t lane = 0; lane < num_lanes; ++lane) add_leaf(at[lane], out.row(r).data());
    }
  }

  for (size_t r = 0; r < num_rows; ++r) {
    if (aggregation_ == TreeAggregation::kSoftmax) {
      softmax(out.row(r));
    } else {
      for (float& sum : out.row(r)) sum /= static_cast<float>(num_trees);
    }
  }
}

}  // namespace sermo::model
