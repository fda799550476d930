#include "sermo/learn/trees/forest_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "fitting.h"
#include "made_up_table.h"
#include "sermo/learn/registry.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::learn {
namespace {

using ::sermo::testing::accuracy;
using ::sermo::testing::core_of;
using ::sermo::testing::made_up_table;
using ::sermo::testing::MadeUpTable;
using ::sermo::testing::request_for;
using ::testing::HasSubstr;

std::shared_ptr<const Learner> learner(ForestOptions options) {
  return *ForestLearner::create(std::move(options));
}

// The trees within, which two equal models share to the bit.
model::TreeEnsembleOptions trees_of(const model::Classifier& classifier) {
  return core_of<model::TreeEnsemble>(classifier).options();
}

class ForestLearnerTest : public ::testing::TestWithParam<const char*> {
 protected:
  ForestOptions options() const {
    return std::string_view(GetParam()) == "rf" ? random_forest_options() : extra_trees_options();
  }
};
INSTANTIATE_TEST_SUITE_P(Both, ForestLearnerTest, ::testing::Values("rf", "et"),
                         [](const auto& instance) { return std::string(instance.param); });

TEST_P(ForestLearnerTest, GivesTheSameTreesForAnyNumberOfThreads) {
  const MadeUpTable table = made_up_table({.num_rows = 200, .num_features = 12, .num_labels = 5});
  FitRequest request = request_for(table);
  const auto one = trees_of(**learner(options())->fit(request));
  EXPECT_EQ(one.trees.size(), 200u);
  for (const int num_threads : {0, 2, 5}) {
    request.num_threads = num_threads;
    EXPECT_EQ(trees_of(**learner(options())->fit(request)).trees, one.trees);
  }
  request.seed = 43;
  EXPECT_NE(trees_of(**learner(options())->fit(request)).trees, one.trees);
  EXPECT_NE(one.trees[0], one.trees[1]);
}

TEST_P(ForestLearnerTest, LearnsATableOfFourClassesAndTwentyFeatures) {
  const MadeUpTable train = made_up_table({.seed = 1});
  const MadeUpTable test = made_up_table({.seed = 2});
  ASSERT_EQ(train.features.num_cols(), 20u);
  ASSERT_EQ(train.label_names.size(), 4u);
  const auto fitted = learner(options())->fit(request_for(train));
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_EQ((*fitted)->family(), "tree_ensemble");
  EXPECT_EQ(accuracy(**fitted, train), 1.0);
  EXPECT_GT(accuracy(**fitted, test), 0.9);
  Matrix out;
  (*fitted)->predict_proba(test.features, out);
  for (size_t r = 0; r < out.num_rows(); ++r) {
    float sum = 0.0f;
    for (const float p : out.row(r)) sum += p;
    EXPECT_NEAR(sum, 1.0f, 1e-5f);
  }
}

TEST_P(ForestLearnerTest, LearnsFromOneFeatureAndFromTwoRows) {
  const MadeUpTable narrow = made_up_table({.num_features = 1, .num_labels = 2, .spread = 0.2f});
  const auto fitted = learner(options())->fit(request_for(narrow));
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_EQ(accuracy(**fitted, narrow), 1.0);

  const MadeUpTable tiny{Matrix({0.0f, 1.0f, 1.0f, 1.0f}, 2, 2), {0, 1}, {"a", "b"}};
  const auto least = learner(options())->fit(request_for(tiny));
  ASSERT_TRUE(least) << least.error().message;
  EXPECT_EQ(accuracy(**least, tiny), 1.0);
}

TEST_P(ForestLearnerTest, ConstantFeaturesGiveTheFrequenciesOfTheClasses) {
  const MadeUpTable table{Matrix(4, 3), {0, 1, 1, 1}, {"a", "b"}};
  ForestOptions without_bootstrap = options();
  without_bootstrap.bootstrap = false;
  Matrix out;
  (*learner(without_bootstrap)->fit(request_for(table)))->predict_proba(table.features, out);
  for (size_t r = 0; r < 4; ++r) {
    EXPECT_EQ(out(r, 0), 0.25f);
    EXPECT_EQ(out(r, 1), 0.75f);
  }
}

TEST_P(ForestLearnerTest, BalancedWeightsFavourTheRareClass) {
  const MadeUpTable train = testing::skewed_table(1);
  const MadeUpTable test = testing::skewed_table(2);
  ForestOptions shallow = options();
  shallow.max_depth = 3;
  FitRequest request = request_for(train);
  const auto num_rare = [&] {
    const auto fitted = learner(shallow)->fit(request);
    EXPECT_TRUE(fitted) << fitted.error().message;
    const std::vector<int> predicted = testing::predicted_labels(**fitted, test.features);
    return std::count(predicted.begin(), predicted.end(), 1);
  };
  const auto plain = num_rare();
  request.class_weight = ClassWeight::kBalanced;
  EXPECT_GT(num_rare(), plain + 50);
}

TEST_P(ForestLearnerTest, ReportsProgressOnTheCallingThreadUpToTheEnd) {
  const MadeUpTable table = made_up_table({.num_rows = 60});
  for (const int num_threads : {1, 3}) {
    FitRequest request = request_for(table);
    request.num_threads = num_threads;
    std::vector<double> fractions;
    request.progress = [&, caller = std::this_thread::get_id()](const FitProgress& progress) {
      EXPECT_EQ(std::this_thread::get_id(), caller);
      EXPECT_THAT(progress.note, HasSubstr("of 200"));
      fractions.push_back(progress.fraction);
    };
    ASSERT_TRUE(learner(options())->fit(request));
    ASSERT_FALSE(fractions.empty());
    EXPECT_TRUE(std::is_sorted(fractions.begin(), fractions.end()));
    EXPECT_EQ(fractions.back(), 1.0);
  }
}

TEST_P(ForestLearnerTest, CanBeCancelledUnderWay) {
  const MadeUpTable table = made_up_table({.num_rows = 60});
  FitRequest request = request_for(table);
  std::stop_source source;
  request.cancel = source.get_token();
  request.progress = [&](const FitProgress&) { source.request_stop(); };
  const auto fitted = learner(options())->fit(request);
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(fitted.error().message, HasSubstr("after 1 of 200 trees"));

  // With helpers nobody knows how far they come, but none begins after the request.
  request.num_threads = 3;
  const auto beside = learner(options())->fit(request);
  ASSERT_FALSE(beside);
  EXPECT_EQ(beside.error().code, ErrorCode::kCancelled);
}

TEST(ForestOptionsTest, KeepTheOriginalsDefinitions) {
  const nlohmann::json rf = (*find_learner("rf"))->hyperparameters();
  EXPECT_EQ(rf["trees"], 200);
  EXPECT_EQ(rf["max_depth"], 20);
  EXPECT_EQ(rf["bootstrap"], true);
  EXPECT_EQ(rf["max_features"], "sqrt");
  EXPECT_EQ(rf["split"], "best");
  const nlohmann::json et = (*find_learner("et"))->hyperparameters();
  EXPECT_EQ(et["trees"], 200);
  EXPECT_TRUE(et["max_depth"].is_null());
  EXPECT_EQ(et["bootstrap"], false);
  EXPECT_EQ(et["split"], "random");
  EXPECT_EQ(et["max_features"], "4 sqrt");
}

TEST(ForestOptionsTest, ImpossibleOnesAreRefused) {
  ForestOptions options = random_forest_options();
  options.num_trees = 0;
  EXPECT_EQ(ForestLearner::create(options).error().code, ErrorCode::kUsage);
  options.num_trees = 100001;
  EXPECT_EQ(ForestLearner::create(options).error().code, ErrorCode::kUsage);
  options.num_trees = 3;
  options.feature_roots = 0.0;
  EXPECT_EQ(ForestLearner::create(options).error().code, ErrorCode::kUsage);
}

// With every feature drawn at each split, a tree of best splits without bootstrap leaves nothing to
// chance but ties, whatever more is asked for.
TEST(ForestOptionsTest, NoMoreFeaturesAreDrawnThanThereAre) {
  ForestOptions options = random_forest_options();
  options.num_trees = 3;
  options.bootstrap = false;
  options.feature_roots = std::sqrt(20.0) + 1e-9;
  const MadeUpTable table = made_up_table({});
  const auto all = trees_of(**learner(options)->fit(request_for(table)));
  options.feature_roots = 1e6;
  EXPECT_EQ(trees_of(**learner(options)->fit(request_for(table))).trees, all.trees);
}

}  // namespace
}  // namespace sermo::learn
