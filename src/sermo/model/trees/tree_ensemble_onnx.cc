#include "sermo/model/trees/tree_ensemble_onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::model {
namespace {

constexpr std::string_view kBranch = "BRANCH_LEQ";
constexpr std::string_view kLeaf = "LEAF";

tl::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorCode::kCorrupt, "core/trees: " + std::move(message));
}

// The operator's lists: one entry a node, and one entry a leaf's value.
struct Lists {
  std::vector<int64_t> tree_ids;
  std::vector<int64_t> node_ids;
  std::vector<int64_t> features;
  std::vector<float> thresholds;
  std::vector<std::string> modes;
  std::vector<int64_t> lefts;
  std::vector<int64_t> rights;
  std::vector<int64_t> value_tree_ids;
  std::vector<int64_t> value_node_ids;
  std::vector<int64_t> value_labels;
  std::vector<float> values;
};

Lists lists_of(const std::vector<Tree>& trees) {
  Lists lists;
  for (size_t t = 0; t < trees.size(); ++t) {
    const auto tree_id = static_cast<int64_t>(t);
    for (size_t i = 0; i < trees[t].nodes.size(); ++i) {
      const Tree::Node& node = trees[t].nodes[i];
      const auto node_id = static_cast<int64_t>(i);
      const bool leaf = node.is_leaf();
      lists.tree_ids.push_back(tree_id);
      lists.node_ids.push_back(node_id);
      lists.features.push_back(leaf ? 0 : node.feature);
      lists.thresholds.push_back(leaf ? 0.0f : node.threshold);
      lists.modes.emplace_back(leaf ? kLeaf : kBranch);
      lists.lefts.push_back(leaf ? 0 : node.left);
      lists.rights.push_back(leaf ? 0 : node.right);
      if (!leaf) continue;
      for (uint32_t v = node.left; v < node.right; ++v) {
        lists.value_tree_ids.push_back(tree_id);
        lists.value_node_ids.push_back(node_id);
        lists.value_labels.push_back(trees[t].leaf_values[v].label_index);
        lists.values.push_back(trees[t].leaf_values[v].value);
      }
    }
  }
  return lists;
}

// The same, in a file.
struct StoredLists {
  std::span<const int64_t> tree_ids;
  std::span<const int64_t> node_ids;
  std::span<const int64_t> features;
  std::span<const float> thresholds;
  std::vector<std::string_view> modes;
  std::span<const int64_t> lefts;
  std::span<const int64_t> rights;
  std::span<const int64_t> value_tree_ids;
  std::span<const int64_t> value_node_ids;
  std::span<const int64_t> value_labels;
  std::span<const float> values;
};

Result<StoredLists> read_lists(const onnx::NodeReader& node) {
  StoredLists lists;
  SERMO_TRY(lists.tree_ids, node.integers("nodes_treeids"));
  SERMO_TRY(lists.node_ids, node.integers("nodes_nodeids"));
  SERMO_TRY(lists.features, node.integers("nodes_featureids"));
  SERMO_TRY(lists.thresholds, node.reals("nodes_values"));
  SERMO_TRY(lists.modes, node.texts("nodes_modes"));
  SERMO_TRY(lists.lefts, node.integers("nodes_truenodeids"));
  SERMO_TRY(lists.rights, node.integers("nodes_falsenodeids"));
  SERMO_TRY(lists.value_tree_ids, node.integers("target_treeids"));
  SERMO_TRY(lists.value_node_ids, node.integers("target_nodeids"));
  SERMO_TRY(lists.value_labels, node.integers("target_ids"));
  SERMO_TRY(lists.values, node.reals("target_weights"));
  const size_t num_nodes = lists.tree_ids.size();
  for (const size_t size : {lists.node_ids.size(), lists.features.size(), lists.thresholds.size(),
                            lists.modes.size(), lists.lefts.size(), lists.rights.size()}) {
    if (size != num_nodes) return corrupt(fmt::format("lists of {} and {} nodes", num_nodes, size));
  }
  const size_t num_values = lists.values.size();
  for (const size_t size :
       {lists.value_tree_ids.size(), lists.value_node_ids.size(), lists.value_labels.size()}) {
    if (size != num_values)
      return corrupt(fmt::format("lists of {} and {} values", num_values, size));
  }
  return lists;
}

// Whatever does not fit becomes an index that TreeEnsemble::create refuses.
uint32_t index_of(int64_t value) {
  return value >= 0 && value < Tree::kLeaf ? static_cast<uint32_t>(value) : Tree::kLeaf - 1;
}

Result<std::vector<Tree>> trees_of(const StoredLists& lists) {
  std::vector<Tree> trees;
  size_t v = 0;
  for (size_t i = 0; i < lists.node_ids.size(); ++i) {
    if (lists.node_ids[i] == 0) {
      const auto rest = lists.node_ids.subspan(i + 1);
      trees.emplace_back();
      trees.back().nodes.reserve(1 + std::find(rest.begin(), rest.end(), 0) - rest.begin());
    }
    if (trees.empty() || lists.tree_ids[i] != static_cast<int64_t>(trees.size()) - 1 ||
        lists.node_ids[i] != static_cast<int64_t>(trees.back().nodes.size())) {
      return corrupt(
          fmt::format("node {} of tree {} is out of order", lists.node_ids[i], lists.tree_ids[i]));
    }
    Tree& tree = trees.back();
    if (lists.modes[i] == kBranch) {
      tree.nodes.push_back({index_of(lists.features[i]), lists.thresholds[i],
                            index_of(lists.lefts[i]), index_of(lists.rights[i])});
      continue;
    }
    if (lists.modes[i] != kLeaf)
      return corrupt(fmt::format("a node of mode {}", lists.modes[i].substr(0, 40)));
    const auto first_value = static_cast<uint32_t>(tree.leaf_values.size());
    for (; v < lists.values.size() && lists.value_tree_ids[v] == lists.tree_ids[i] &&
           lists.value_node_ids[v] == lists.node_ids[i];
         ++v) {
      tree.leaf_values.push_back({index_of(lists.value_labels[v]), lists.values[v]});
    }
    tree.nodes.push_back(
        {Tree::kLeaf, 0.0f, first_value, static_cast<uint32_t>(tree.leaf_values.size())});
  }
  if (v != lists.values.size()) {
    return corrupt(fmt::format("a value for node {} of tree {}, which is out of order or no leaf",
                               lists.value_node_ids[v], lists.value_tree_ids[v]));
  }
  return trees;
}

}  // namespace

std::string write_tree_ensemble(const Core& core, onnx::GraphBuilder graph,
                                const std::string& scaled) {
  const TreeEnsembleOptions ensemble = dynamic_cast<const TreeEnsemble&>(core).options();
  Lists lists = lists_of(ensemble.trees);
  const bool mean = ensemble.aggregation == TreeAggregation::kMean;
  onnx::Node node{.name = "trees",
                  .op = "TreeEnsembleRegressor",
                  .domain = onnx::kOnnxMl,
                  .inputs = {scaled},
                  .attributes = {{"aggregate_function", std::string(mean ? "AVERAGE" : "SUM")},
                                 {"n_targets", static_cast<int64_t>(ensemble.num_labels)},
                                 {"nodes_treeids", std::move(lists.tree_ids)},
                                 {"nodes_nodeids", std::move(lists.node_ids)},
                                 {"nodes_featureids", std::move(lists.features)},
                                 {"nodes_values", std::move(lists.thresholds)},
                                 {"nodes_modes", std::move(lists.modes)},
                                 {"nodes_truenodeids", std::move(lists.lefts)},
                                 {"nodes_falsenodeids", std::move(lists.rights)},
                                 {"target_treeids", std::move(lists.value_tree_ids)},
                                 {"target_nodeids", std::move(lists.value_node_ids)},
                                 {"target_ids", std::move(lists.value_labels)},
                                 {"target_weights", std::move(lists.values)}}};
  const std::string answer = graph.add(std::move(node)).front();
  if (mean) return answer;
  // Not by the operator's base_values: onnxruntime forgets them for a class that no leaf names.
  const std::string base_scores = graph.floats("base_scores", ensemble.base_scores,
                                               {static_cast<int64_t>(ensemble.num_labels)});
  const std::string scores = graph.node("scores", "Add", {answer, base_scores});
  return graph.node("softmax", "Softmax", {scores}, {{"axis", int64_t{1}}});
}

Result<std::shared_ptr<const Core>> read_tree_ensemble(const onnx::GraphReader& graph,
                                                       onnx::CoreShape shape) {
  SERMO_TRY(const onnx::NodeReader node, graph.node("trees", "TreeEnsembleRegressor"));
  SERMO_TRY(const std::string aggregate, node.text("aggregate_function"));
  SERMO_TRY(const int64_t num_targets, node.integer("n_targets"));
  if (num_targets != static_cast<int64_t>(shape.num_labels)) {
    return fail(ErrorCode::kMismatch, fmt::format("core/trees: {} classes, but the model has {}",
                                                  num_targets, shape.num_labels));
  }
  TreeEnsembleOptions options{shape.num_features, shape.num_labels, TreeAggregation::kMean, {}, {}};
  if (aggregate == "SUM") {
    options.aggregation = TreeAggregation::kSoftmax;
    SERMO_TRY(onnx::FloatTensor base_scores,
              graph.floats("base_scores", {static_cast<int64_t>(shape.num_labels)}));
    options.base_scores = std::move(base_scores.values);
    SERMO_TRY_VOID(graph.node("softmax", "Softmax"));
  } else if (aggregate != "AVERAGE") {
    return corrupt(fmt::format("aggregates by {}", aggregate.substr(0, 40)));
  }
  SERMO_TRY(const StoredLists lists, read_lists(node));
  SERMO_TRY(options.trees, trees_of(lists));
  SERMO_TRY(std::shared_ptr<const Core> core, TreeEnsemble::create(options));
  return core;
}

}  // namespace sermo::model
