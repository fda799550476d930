// Our trees against scikit-learn's on the RAVDESS features: what they score on the usual test
// split, and how large they grow, by the mean over seeds. tools/golden/make_forest_scores.py made
// the other side.
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "fitting.h"
#include "ravdess_reference.h"
#include "sermo/base/file.h"
#include "sermo/learn/registry.h"
#include "sermo/learn/trees/forest_learner.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::learn {
namespace {

struct Case {
  const char* name;
  int num_seeds;
  bool same_size;  // grown by the same rule, so of the same number of nodes
};

class SklearnScoresTest : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(All, SklearnScoresTest,
                         ::testing::Values(Case{"rf", 20, true}, Case{"et", 20, true},
                                           Case{"gb", 2, false}),
                         [](const auto& instance) { return std::string(instance.param.name); });

TEST_P(SklearnScoresTest, NotMoreThanOnePointBelow) {
  SERMO_REQUIRE_SHARED("reference/librosa_0.11_X.npy");
  const Result<std::string> text =
      read_text_file(testing::test_data() / "sklearn" / "forest_scores.json");
  ASSERT_TRUE(text) << text.error().message;
  const nlohmann::json theirs = nlohmann::json::parse(*text).at(GetParam().name);
  const testing::RavdessReference& ravdess = testing::ravdess_reference();
  std::shared_ptr<const Learner> learner = *find_learner(GetParam().name);
  if (GetParam().name == std::string_view("et")) {  // as scikit-learn draws features
    ForestOptions options = extra_trees_options();
    options.feature_roots = 1.0;
    learner = *ForestLearner::create(options);
  }
  std::vector<double> accuracies;
  double num_nodes = 0.0;
  for (int seed = 0; seed < GetParam().num_seeds; ++seed) {
    FitRequest request;
    request.train.features = ravdess.train.features;
    request.train.labels = ravdess.train.labels;
    request.signature = {"librosa-110", ravdess.train.features.num_cols(), ravdess.label_names};
    request.seed = static_cast<uint64_t>(seed);
    const auto fitted = learner->fit(request);
    ASSERT_TRUE(fitted) << fitted.error().message;
    accuracies.push_back(testing::accuracy(**fitted, ravdess.test.features, ravdess.test.labels));
    num_nodes += static_cast<double>(testing::core_of<model::TreeEnsemble>(**fitted).num_nodes());
  }
  const auto num_seeds = static_cast<double>(accuracies.size());
  double mean = 0.0;
  for (const double accuracy : accuracies) mean += accuracy / num_seeds;
  const double wanted = theirs.at("accuracy_mean");
  std::printf("%s: %.4f over %zu seeds, scikit-learn %.4f over %d; %.0f nodes, scikit-learn %.0f\n",
              GetParam().name, mean, accuracies.size(), wanted, theirs.at("seeds").get<int>(),
              num_nodes / num_seeds, theirs.at("nodes_mean").get<double>());
  EXPECT_GE(mean, wanted - 0.01);
  // The mean of 200 trees and 20 seeds: both sides' chance is well below half a percent.
  if (GetParam().same_size) {
    EXPECT_NEAR(num_nodes / num_seeds / theirs.at("nodes_mean").get<double>(), 1.0, 0.005);
  }
}

}  // namespace
}  // namespace sermo::learn
