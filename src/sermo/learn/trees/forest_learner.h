// Random forests (Breiman 2001) and extremely randomised trees (Geurts, Ernst & Wehenkel 2006).
//
// Equal scikit-learn's RandomForestClassifier and ExtraTreesClassifier with the same options, but
// for the random numbers (tree_builder.h). The answer is the mean of the trees' leaf probabilities.
// A class weight multiplies the weight of each row. Every tree draws from a stream of its own,
// derived from the request's seed, so the number of threads changes nothing.
// Thread rule: immutable; fits may run side by side.
#pragma once

#include <limits>
#include <memory>
#include <string>

#include "sermo/learn/scaled_learner.h"
#include "sermo/learn/trees/tree_builder.h"

namespace sermo::learn {

struct ForestOptions {
  static constexpr uint32_t kNoDepthLimit = std::numeric_limits<uint32_t>::max();

  std::string name;
  std::string title;
  SplitRule rule = SplitRule::kBest;
  bool bootstrap = true;   // each tree sees N rows drawn with replacement, else all rows
  size_t num_trees = 200;  // more: slower and steadier
  uint32_t max_depth = kNoDepthLimit;  // less: smaller, smoother trees
  // Features drawn at each split, as a multiple of the square root of D; rounded down, 1 to D.
  // More: better trees that differ less.
  double feature_roots = 1.0;
};

ForestOptions random_forest_options();  // "rf"
ForestOptions extra_trees_options();    // "et"

class ForestLearner final : public ScaledLearner {
 public:
  // kUsage for no trees or more than 100000.
  static Result<std::shared_ptr<const ForestLearner>> create(ForestOptions options);

  std::string_view name() const override { return options_.name; }
  std::string_view title() const override { return options_.title; }
  nlohmann::json hyperparameters() const override;

 private:
  explicit ForestLearner(ForestOptions options) : options_(std::move(options)) {}
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  ForestOptions options_;
};

}  // namespace sermo::learn
