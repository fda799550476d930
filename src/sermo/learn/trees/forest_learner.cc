#include "sermo/learn/trees/forest_learner.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <thread>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/base/random.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::learn {
namespace {

constexpr size_t kMaxTrees = 100000;

// As many draws as rows, with replacement; a row drawn twice counts twice.
void draw_bootstrap(std::span<const double> row_weights, Random& random,
                    std::vector<double>& weights) {
  std::fill(weights.begin(), weights.end(), 0.0);
  const auto num_rows = static_cast<uint32_t>(row_weights.size());
  for (uint32_t i = 0; i < num_rows; ++i) {
    const uint32_t row = random.below(num_rows);
    weights[row] += row_weights[row];
  }
}

size_t features_to_draw(double roots, size_t num_features) {
  const auto drawn = static_cast<size_t>(roots * std::sqrt(static_cast<double>(num_features)));
  return std::clamp<size_t>(drawn, 1, num_features);
}

}  // namespace

ForestOptions random_forest_options() {
  return {.name = "rf",
          .title = "Random forest",
          .rule = SplitRule::kBest,
          .bootstrap = true,
          .num_trees = 200,
          .max_depth = 20};
}

ForestOptions extra_trees_options() {
  return {.name = "et",
          .title = "Extremely randomised trees",
          .rule = SplitRule::kRandom,
          .bootstrap = false,
          .num_trees = 200,
          .feature_roots = 4.0};
}

Result<std::shared_ptr<const ForestLearner>> ForestLearner::create(ForestOptions options) {
  if (!(options.feature_roots > 0.0)) {
    return fail(ErrorCode::kUsage, fmt::format("{}: {} roots of features, wanted more than 0",
                                               options.name, options.feature_roots));
  }
  if (options.num_trees == 0 || options.num_trees > kMaxTrees) {
    return fail(ErrorCode::kUsage, fmt::format("{}: {} trees, wanted 1 to {}", options.name,
                                               options.num_trees, kMaxTrees));
  }
  return std::shared_ptr<const ForestLearner>(new ForestLearner(std::move(options)));
}

nlohmann::json ForestLearner::hyperparameters() const {
  nlohmann::json json{{"trees", options_.num_trees},
                      {"criterion", "gini"},
                      {"split", options_.rule == SplitRule::kBest ? "best" : "random"},
                      {"bootstrap", options_.bootstrap},
                      {"min_samples_split", 2},
                      {"min_samples_leaf", 1}};
  json["max_depth"] = options_.max_depth == ForestOptions::kNoDepthLimit
                          ? nlohmann::json()
                          : nlohmann::json(options_.max_depth);
  json["max_features"] = options_.feature_roots == 1.0
                             ? std::string("sqrt")
                             : fmt::format("{:g} sqrt", options_.feature_roots);
  return json;
}

Result<std::shared_ptr<const model::Core>> ForestLearner::fit_core(
    const ScaledExamples& examples, const FitRequest& request) const {
  const size_t num_features = examples.features.num_cols();
  const TrainingColumns columns(examples.features, examples.labels, examples.num_labels,
                                options_.rule);
  const TreeBuilderOptions tree_options{
      options_.rule, features_to_draw(options_.feature_roots, num_features), options_.max_depth};

  model::TreeEnsembleOptions ensemble{
      num_features, examples.num_labels, model::TreeAggregation::kMean, {}, {}};
  ensemble.trees.resize(options_.num_trees);
  const auto after = [&](size_t num_trees) {
    return FitProgress{static_cast<double>(num_trees) / static_cast<double>(options_.num_trees),
                       fmt::format("tree {} of {}", num_trees, options_.num_trees)};
  };
  std::atomic<size_t> next_tree = 0;
  std::atomic<size_t> num_done = 0;
  const std::thread::id fitting_thread = std::this_thread::get_id();
  // One thread's part of the forest: with a workspace of its own, whichever trees are next.
  const auto grow_trees = [&](size_t) {
    const bool reports = request.progress && std::this_thread::get_id() == fitting_thread;
    TreeBuilder builder(columns, tree_options);
    std::vector<double> weights(examples.weights.begin(), examples.weights.end());
    for (size_t t = next_tree++; t < options_.num_trees; t = next_tree++) {
      Random random(request.seed, t);
      if (options_.bootstrap) draw_bootstrap(examples.weights, random, weights);
      std::optional<model::Tree> tree = builder.build(weights, random, request.cancel);
      if (!tree) return;
      ensemble.trees[t] = std::move(*tree);
      const size_t done = ++num_done;
      if (reports && done < options_.num_trees) request.progress(after(done));
    }
  };
  const int num_threads = std::max(request.num_threads, 1);
  parallel_for(static_cast<size_t>(num_threads), num_threads, grow_trees);
  const size_t done = num_done;
  if (done < options_.num_trees) {
    return fail(ErrorCode::kCancelled,
                fmt::format("cancelled after {} of {} trees", done, options_.num_trees));
  }
  if (request.progress) request.progress(after(done));
  SERMO_TRY(std::shared_ptr<const model::Core> core, model::TreeEnsemble::create(ensemble));
  return core;
}

}  // namespace sermo::learn
