#include "sermo/learn/trees/xgboost_trees.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "made_up_table.h"
#include "sermo/learn/trees/xgboost_booster.h"

namespace sermo::learn {
namespace {

using ::testing::HasSubstr;

XgboostBooster trained(const XgboostMatrix& matrix, const std::string& tree_method,
                       int num_labels) {
  auto booster = XgboostBooster::create(matrix, {{"objective", "multi:softprob"},
                                                 {"num_class", std::to_string(num_labels)},
                                                 {"tree_method", tree_method},
                                                 {"eta", "0.3"},
                                                 {"max_depth", "5"},
                                                 {"base_score", "0.25"},
                                                 {"verbosity", "0"},
                                                 {"nthread", "1"}});
  EXPECT_TRUE(booster) << booster.error().message;
  for (int round = 0; round < 20; ++round) EXPECT_TRUE(booster->update(round));
  return *std::move(booster);
}

TEST(XgboostTreesTest, AnswerWhatXgboostAnswersAlsoOnItsThresholds) {
  for (const std::string method : {"exact", "hist"}) {
    const testing::MadeUpTable table = testing::made_up_table({.num_rows = 400, .spread = 3.0f});
    XgboostMatrix matrix = *XgboostMatrix::create(table.features);
    ASSERT_TRUE(matrix.set_labels(table.labels));
    const XgboostBooster booster = trained(matrix, method, 4);
    const auto options = trees_of_xgboost(*booster.model_json(), 20, 4);
    ASSERT_TRUE(options) << options.error().message;
    EXPECT_EQ(options->trees.size(), 80u);
    const auto ensemble = model::TreeEnsemble::create(*options);
    ASSERT_TRUE(ensemble) << ensemble.error().message;

    // Unseen rows, and rows made of the thresholds themselves and the values just below.
    Matrix rows = testing::made_up_table({.num_rows = 600, .spread = 3.0f, .seed = 2}).features;
    size_t num_thresholds = 0;
    for (const model::Tree& tree : options->trees) {
      for (const model::Tree::Node& node : tree.nodes) {
        if (node.is_leaf()) continue;
        const float up =
            num_thresholds % 2 == 0 ? std::nextafter(node.threshold, 1e9f) : node.threshold;
        rows(num_thresholds++ % 600, node.feature) = up;
      }
    }
    EXPECT_GT(num_thresholds, 600u);
    Matrix ours;
    (*ensemble)->predict_proba(rows, ours);
    const std::vector<float> theirs = *booster.predict(*XgboostMatrix::create(rows));
    ASSERT_EQ(theirs.size(), ours.values().size());
    // Both add float32 scores in the same order; the exponentials may differ in the last bit.
    for (size_t i = 0; i < theirs.size(); ++i) ASSERT_NEAR(ours.values()[i], theirs[i], 1e-6f);
  }
}

TEST(XgboostTreesTest, RefusesWhatIsNoModel) {
  const auto error = [](const std::string& text) {
    const auto made = trees_of_xgboost(text, 20, 4);
    EXPECT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kCorrupt);
    return made.error().message;
  };
  EXPECT_THAT(error("{"), HasSubstr("not a model of XGBoost's"));
  EXPECT_THAT(error("{}"), HasSubstr("learner"));
  EXPECT_THAT(error(R"({"learner": {"objective": {"name": "reg:linear"}}})"),
              HasSubstr("reg:linear"));

  const auto with_tree = [&](const char* tree) {
    nlohmann::json json =
        nlohmann::json::parse(R"({"learner": {"objective": {"name": "multi:softprob"},
        "learner_model_param": {"base_score": "0"}, "gradient_booster": {"model": {"tree_info": [0], "trees": []}}}})");
    json["learner"]["gradient_booster"]["model"]["trees"].push_back(nlohmann::json::parse(tree));
    return trees_of_xgboost(json.dump(), 20, 4);
  };
  EXPECT_TRUE(with_tree(R"({"split_indices": [3, 0, 0], "split_conditions": [0.5, 1, -1],
                           "left_children": [1, -1, -1], "right_children": [2, -1, -1]})"));
  EXPECT_FALSE(with_tree(R"({"split_indices": [3, 0, 0], "split_conditions": [0.5, 1, -1],
                            "left_children": [1, -1, -1], "right_children": [3, -1, -1]})"));
  EXPECT_FALSE(with_tree(R"({"split_indices": [3], "split_conditions": [0.5],
                            "left_children": [0], "right_children": [0]})"));
  EXPECT_FALSE(with_tree(R"({"split_indices": [], "split_conditions": [],
                            "left_children": [], "right_children": []})"));
}

TEST(XgboostBoosterTest, GivesTheLibrarysErrors) {
  XgboostMatrix matrix = *XgboostMatrix::create(Matrix(2, 3));
  const std::vector<int> three_labels{0, 1, 0};
  Result<void> set = matrix.set_labels(three_labels);
  const auto booster = XgboostBooster::create(matrix, {{"objective", "multi:softprob"}});
  ASSERT_TRUE(booster);
  const XgboostMatrix unlabelled = *XgboostMatrix::create(Matrix(2, 3));
  auto wrong = XgboostBooster::create(unlabelled, {{"objective", "no:such"}, {"verbosity", "0"}});
  const Result<void> updated = wrong->update(0);
  ASSERT_FALSE(updated);
  EXPECT_EQ(updated.error().code, ErrorCode::kInternal);
  EXPECT_THAT(updated.error().message, HasSubstr("no:such"));
  EXPECT_EQ(updated.error().message.find('\n'), std::string::npos);
}

}  // namespace
}  // namespace sermo::learn
