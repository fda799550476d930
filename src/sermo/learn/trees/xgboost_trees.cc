#include "sermo/learn/trees/xgboost_trees.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

namespace sermo::learn {
namespace {

// Throws nlohmann's exceptions where something is missing or of another kind; so do the others.
model::Tree tree_of(const nlohmann::json& stored, uint32_t label_index) {
  const auto features = stored.at("split_indices").get<std::vector<uint32_t>>();
  // A leaf's score stands where the others have their threshold.
  const auto conditions = stored.at("split_conditions").get<std::vector<float>>();
  const auto left = stored.at("left_children").get<std::vector<int>>();
  const auto right = stored.at("right_children").get<std::vector<int>>();

  model::Tree tree;
  tree.nodes.emplace_back();
  std::vector<int> order{0};  // the stored index of each of our nodes
  for (size_t i = 0; i < order.size(); ++i) {
    const auto at = static_cast<size_t>(order[i]);
    if (left.at(at) < 0) {
      const auto num_values = static_cast<uint32_t>(tree.leaf_values.size());
      tree.nodes[i] = {model::Tree::kLeaf, 0.0f, num_values, num_values};
      if (conditions.at(at) != 0.0f) {
        tree.leaf_values.push_back({label_index, conditions[at]});
        ++tree.nodes[i].right;
      }
      continue;
    }
    const auto first_child = static_cast<uint32_t>(order.size());
    tree.nodes[i] = {features.at(at),
                     std::nextafter(conditions.at(at), -std::numeric_limits<float>::infinity()),
                     first_child, first_child + 1};
    order.insert(order.end(), {left[at], right.at(at)});
    tree.nodes.resize(order.size());
    // Were a child its own ancestor, this would never end.
    if (order.size() > left.size()) throw std::out_of_range("more children than nodes");
  }
  return tree;
}

}  // namespace

Result<model::TreeEnsembleOptions> trees_of_xgboost(std::string_view model_json,
                                                    size_t num_features, size_t num_labels) {
  model::TreeEnsembleOptions options{
      num_features, num_labels, model::TreeAggregation::kSoftmax, {}, {}};
  try {
    const nlohmann::json learner = nlohmann::json::parse(model_json).at("learner");
    const auto objective = learner.at("objective").at("name").get<std::string>();
    if (objective != "multi:softprob")
      return fail(ErrorCode::kCorrupt, "an XGBoost model of objective " + objective);
    const float base_score =
        std::stof(learner.at("learner_model_param").at("base_score").get<std::string>());
    options.base_scores.assign(num_labels, base_score);
    const nlohmann::json& model = learner.at("gradient_booster").at("model");
    const auto label_indices = model.at("tree_info").get<std::vector<uint32_t>>();
    const nlohmann::json& trees = model.at("trees");
    for (size_t t = 0; t < trees.size(); ++t)
      options.trees.push_back(tree_of(trees.at(t), label_indices.at(t)));
  } catch (const std::exception& e) {
    return fail(ErrorCode::kCorrupt, std::string("not a model of XGBoost's: ") + e.what());
  }
  return options;
}

}  // namespace sermo::learn
