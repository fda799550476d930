#include "sermo/learn/trees/boosting_learner.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sermo/learn/trees/xgboost_booster.h"
#include "sermo/learn/trees/xgboost_trees.h"

namespace sermo::learn {

namespace {

bool is_share(double value) { return value > 0.0 && value <= 1.0; }

}  // namespace

Result<std::shared_ptr<const BoostingLearner>> BoostingLearner::create(BoostingOptions options) {
  const auto refuse = [](std::string_view what, auto got, std::string_view wanted) {
    return fail(ErrorCode::kUsage, fmt::format("gb: {} is {}, wanted {}", what, got, wanted));
  };
  if (options.num_rounds < 1 || options.num_rounds > 100000)
    return refuse("rounds", options.num_rounds, "1 to 100000");
  if (options.max_depth < 1 || options.max_depth > 30)
    return refuse("max_depth", options.max_depth, "1 to 30");
  if (!is_share(options.learning_rate))
    return refuse("learning_rate", options.learning_rate, "more than 0, at most 1");
  if (!is_share(options.columns_per_node))
    return refuse("columns_per_node", options.columns_per_node, "more than 0, at most 1");
  if (!is_share(options.rows_per_tree))
    return refuse("rows_per_tree", options.rows_per_tree, "more than 0, at most 1");
  return std::shared_ptr<const BoostingLearner>(new BoostingLearner(options));
}

nlohmann::json BoostingLearner::hyperparameters() const {
  return {{"rounds", options_.num_rounds},
          {"max_depth", options_.max_depth},
          {"learning_rate", options_.learning_rate},
          {"columns_per_node", options_.columns_per_node},
          {"rows_per_tree", options_.rows_per_tree},
          {"splits", options_.exact ? "exact" : "histogram"},
          {"l2_regularization", 1},
          {"min_child_weight", 1}};
}

Result<std::shared_ptr<const model::Core>> BoostingLearner::fit_core(
    const ScaledExamples& examples, const FitRequest& request) const {
  SERMO_TRY(XgboostMatrix matrix, XgboostMatrix::create(examples.features));
  SERMO_TRY_VOID(matrix.set_labels(examples.labels));
  SERMO_TRY_VOID(matrix.set_weights(examples.weights));
  SERMO_TRY(XgboostBooster booster,
            XgboostBooster::create(
                matrix, {{"verbosity", "0"},
                         {"objective", "multi:softprob"},
                         {"num_class", std::to_string(examples.num_labels)},
                         {"base_score", "0"},
                         {"booster", "gbtree"},
                         {"tree_method", options_.exact ? "exact" : "hist"},
                         {"eta", fmt::format("{}", options_.learning_rate)},
                         {"max_depth", std::to_string(options_.max_depth)},
                         {"colsample_bynode", fmt::format("{}", options_.columns_per_node)},
                         {"subsample", fmt::format("{}", options_.rows_per_tree)},
                         {"seed", std::to_string(request.seed)},
                         // More would add histograms up in another order.
                         {"nthread", "1"}}));
  for (int round = 0; round < options_.num_rounds; ++round) {
    if (request.cancel.stop_requested()) {
      return fail(ErrorCode::kCancelled,
                  fmt::format("cancelled after {} of {} rounds", round, options_.num_rounds));
    }
    SERMO_TRY_VOID(booster.update(round));
    if (request.progress) {
      request.progress({static_cast<double>(round + 1) / options_.num_rounds,
                        fmt::format("round {} of {}", round + 1, options_.num_rounds)});
    }
  }
  SERMO_TRY(const std::string json, booster.model_json());
  SERMO_TRY(const model::TreeEnsembleOptions trees,
            trees_of_xgboost(json, examples.features.num_cols(), examples.num_labels));
  SERMO_TRY(std::shared_ptr<const model::Core> core, model::TreeEnsemble::create(trees));
  return core;
}

}  // namespace sermo::learn
