// Tree ensembles that were never learnt, and rows for them.
#pragma once

#include <cstdint>
#include <functional>
#include <random>

#include "sermo/base/matrix.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::testing {

// A random tree, grown node by node; leaves hold some of the classes.
inline model::Tree random_tree(std::mt19937& random, const model::TreeEnsembleOptions& options,
                               int max_depth) {
  std::uniform_real_distribution<float> uniform(0.05f, 1.0f);
  std::normal_distribution<float> normal;
  model::Tree tree;
  const std::function<uint32_t(int)> grow = [&](int depth) {
    const auto index = static_cast<uint32_t>(tree.nodes.size());
    tree.nodes.emplace_back();
    model::Tree::Node node;
    if (depth == max_depth || random() % 5 == 0) {
      node.left = static_cast<uint32_t>(tree.leaf_values.size());
      const bool mean = options.aggregation == model::TreeAggregation::kMean;
      const size_t first = random() % options.num_labels;
      float sum = 0.0f;
      for (size_t k = first; k < options.num_labels; k += 1 + random() % 3) {
        tree.leaf_values.push_back(
            {static_cast<uint32_t>(k), mean ? uniform(random) : normal(random)});
        sum += tree.leaf_values.back().value;
      }
      node.right = static_cast<uint32_t>(tree.leaf_values.size());
      for (uint32_t v = node.left; mean && v < node.right; ++v) tree.leaf_values[v].value /= sum;
    } else {
      node.feature = static_cast<uint32_t>(random() % options.num_features);
      node.threshold = normal(random);
      node.left = grow(depth + 1);
      node.right = grow(depth + 1);
    }
    tree.nodes[index] = node;
    return index;
  };
  grow(0);
  return tree;
}

inline model::TreeEnsembleOptions random_ensemble(uint32_t seed, model::TreeAggregation aggregation,
                                                  size_t num_features, size_t num_labels,
                                                  size_t num_trees) {
  std::mt19937 random(seed);
  model::TreeEnsembleOptions options{num_features, num_labels, aggregation, {}, {}};
  if (aggregation == model::TreeAggregation::kSoftmax) {
    for (size_t k = 0; k < num_labels; ++k)
      options.base_scores.push_back(0.1f * static_cast<float>(k));
  }
  for (size_t t = 0; t < num_trees; ++t)
    options.trees.push_back(random_tree(random, options, static_cast<int>(random() % 12)));
  return options;
}

inline Matrix random_tree_rows(uint32_t seed, size_t num_rows, size_t num_features) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Matrix rows(num_rows, num_features);
  for (size_t r = 0; r < num_rows; ++r) {
    for (float& value : rows.row(r)) value = normal(random);
  }
  return rows;
}

}  // namespace sermo::testing
