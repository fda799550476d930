#include "sermo/learn/trees/boosting_learner.h"

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

// Fewer rounds than the default, so that the tests are quick.
std::shared_ptr<const Learner> learner(BoostingOptions options = {.num_rounds = 15}) {
  return *BoostingLearner::create(std::move(options));
}

std::vector<model::Tree> trees_of(const FitRequest& request) {
  const auto fitted = learner()->fit(request);
  EXPECT_TRUE(fitted) << fitted.error().message;
  return core_of<model::TreeEnsemble>(**fitted).options().trees;
}

TEST(BoostingLearnerTest, GivesTheSameTreesForAnyNumberOfThreads) {
  // Large enough for XGBoost to spread its histograms over threads.
  const MadeUpTable table =
      made_up_table({.num_rows = 1500, .num_features = 30, .num_labels = 5, .spread = 3.0f});
  FitRequest request = request_for(table);
  const auto one = trees_of(request);
  EXPECT_EQ(one.size(), 15u * 5u);
  for (const int num_threads : {0, 2, 3}) {
    request.num_threads = num_threads;
    EXPECT_EQ(trees_of(request), one);
  }
  request.seed = 43;
  EXPECT_NE(trees_of(request), one);
}

TEST(BoostingLearnerTest, FitsSideBySideGiveTheSameAsOneAfterTheOther) {
  const MadeUpTable table = made_up_table({.num_rows = 300, .spread = 3.0f});
  FitRequest first = request_for(table);
  FitRequest second = request_for(table);
  second.seed = 7;
  const auto alone_first = trees_of(first);
  const auto alone_second = trees_of(second);
  EXPECT_NE(alone_first, alone_second);
  std::vector<model::Tree> beside_first, beside_second;
  {
    const std::jthread one([&] { beside_first = trees_of(first); });
    const std::jthread two([&] { beside_second = trees_of(second); });
  }
  EXPECT_EQ(beside_first, alone_first);
  EXPECT_EQ(beside_second, alone_second);
}

TEST(BoostingLearnerTest, LearnsATableOfFourClassesAndTwentyFeatures) {
  const MadeUpTable train = made_up_table({.seed = 1});
  const MadeUpTable test = made_up_table({.seed = 2});
  const auto fitted = learner({})->fit(request_for(train));
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_EQ((*fitted)->family(), "tree_ensemble");
  EXPECT_EQ(accuracy(**fitted, train), 1.0);
  EXPECT_GT(accuracy(**fitted, test), 0.9);
}

TEST(BoostingLearnerTest, LearnsFromOneFeatureAndFromTwoClasses) {
  const MadeUpTable table = made_up_table({.num_features = 1, .num_labels = 2, .spread = 0.2f});
  const auto fitted = learner()->fit(request_for(table));
  ASSERT_TRUE(fitted) << fitted.error().message;
  EXPECT_EQ(accuracy(**fitted, table), 1.0);
}

TEST(BoostingLearnerTest, TooFewRowsToSplitGiveEvenProbabilities) {
  // A split wants more weight on each side than a row has.
  const MadeUpTable table{Matrix({0.0f, 1.0f}, 2, 1), {0, 1}, {"a", "b"}};
  const auto fitted = learner()->fit(request_for(table));
  ASSERT_TRUE(fitted) << fitted.error().message;
  Matrix out;
  (*fitted)->predict_proba(table.features, out);
  for (const float p : out.values()) EXPECT_NEAR(p, 0.5f, 1e-6f);
}

TEST(BoostingLearnerTest, BalancedWeightsFavourTheRareClass) {
  const MadeUpTable train = testing::skewed_table(1);
  const MadeUpTable test = testing::skewed_table(2);
  FitRequest request = request_for(train);
  const auto num_rare = [&] {
    const auto fitted = learner()->fit(request);
    EXPECT_TRUE(fitted) << fitted.error().message;
    const std::vector<int> predicted = testing::predicted_labels(**fitted, test.features);
    return std::count(predicted.begin(), predicted.end(), 1);
  };
  const auto plain = num_rare();
  request.class_weight = ClassWeight::kBalanced;
  EXPECT_GT(num_rare(), plain + 50);
}

TEST(BoostingLearnerTest, ReportsEveryRoundAndPrintsNothing) {
  const MadeUpTable table = made_up_table({.num_rows = 60});
  FitRequest request = request_for(table);
  std::vector<std::string> notes;
  double fraction = 0.0;
  request.progress = [&](const FitProgress& progress) {
    EXPECT_GT(progress.fraction, fraction);
    fraction = progress.fraction;
    notes.push_back(progress.note);
  };
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const bool fitted = learner()->fit(request).has_value();
  EXPECT_EQ(::testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(fitted);
  EXPECT_EQ(fraction, 1.0);
  EXPECT_EQ(notes.size(), 15u);
  EXPECT_EQ(notes.back(), "round 15 of 15");
}

TEST(BoostingLearnerTest, CanBeCancelledBetweenRounds) {
  const MadeUpTable table = made_up_table({.num_rows = 60});
  FitRequest request = request_for(table);
  std::stop_source source;
  request.cancel = source.get_token();
  int num_rounds = 0;
  request.progress = [&](const FitProgress&) {
    if (++num_rounds == 3) source.request_stop();
  };
  const auto fitted = learner()->fit(request);
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, ErrorCode::kCancelled);
  EXPECT_THAT(fitted.error().message, HasSubstr("after 3 of 15 rounds"));
}

TEST(BoostingLearnerTest, KeepsTheOriginalsDefinition) {
  const nlohmann::json gb = (*find_learner("gb"))->hyperparameters();
  EXPECT_EQ(gb["rounds"], 100);
  EXPECT_EQ(gb["max_depth"], 5);
  EXPECT_EQ(gb["learning_rate"], 0.1);
}

TEST(BoostingLearnerTest, RefusesImpossibleOptions) {
  for (const BoostingOptions& options : std::vector<BoostingOptions>{{.num_rounds = 0},
                                                                     {.num_rounds = 100001},
                                                                     {.max_depth = 0},
                                                                     {.max_depth = 31},
                                                                     {.learning_rate = 0.0},
                                                                     {.learning_rate = 1.5},
                                                                     {.columns_per_node = 0.0},
                                                                     {.columns_per_node = 1.1},
                                                                     {.rows_per_tree = 0.0}}) {
    const auto made = BoostingLearner::create(options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kUsage);
  }
}

}  // namespace
}  // namespace sermo::learn
