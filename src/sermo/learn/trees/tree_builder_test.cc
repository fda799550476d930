#include "sermo/learn/trees/tree_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include "sermo/base/file.h"
#include "test_paths.h"

namespace sermo::learn {
namespace {

using model::Tree;

struct Problem {
  Matrix rows;
  std::vector<int> labels;
  std::vector<double> weights;
  size_t num_labels;
};

Tree grow(const Problem& problem, TreeBuilderOptions options, uint64_t seed = 1) {
  const TrainingColumns columns(problem.rows, problem.labels, problem.num_labels, options.rule);
  TreeBuilder builder(columns, options);
  Random random(seed, 0);
  std::optional<Tree> tree = builder.build(problem.weights, random);
  EXPECT_TRUE(tree.has_value());
  // Whatever is grown must be what the model accepts.
  const auto model = model::TreeEnsemble::create(
      {problem.rows.num_cols(), problem.num_labels, model::TreeAggregation::kMean, {}, {*tree}});
  EXPECT_TRUE(model) << model.error().message;
  return *tree;
}

// Values are multiples of 1/4, so that many are equal; labels depend on them and on chance.
Problem random_problem(uint32_t seed, size_t num_rows, size_t num_features, size_t num_labels,
                       bool weighted) {
  std::mt19937 random(seed);
  Problem problem{Matrix(num_rows, num_features), {}, {}, num_labels};
  for (size_t r = 0; r < num_rows; ++r) {
    float sum = 0.0f;
    for (float& value : problem.rows.row(r)) {
      value = static_cast<float>(random() % 17) / 4.0f - 2.0f;
      sum += value;
    }
    const size_t lot = random() % 3 == 0 ? random() : static_cast<size_t>(std::abs(sum) * 2.0f);
    problem.labels.push_back(static_cast<int>(lot % num_labels));
    problem.weights.push_back(weighted ? 0.1 + static_cast<double>(random() % 1000) / 500.0 : 1.0);
  }
  return problem;
}

// Textbook: the sum over both halves of weight times Gini impurity; the smaller, the better.
double impurity(const Problem& problem, const std::vector<size_t>& rows) {
  std::vector<double> counts(problem.num_labels);
  double total = 0.0;
  for (const size_t r : rows) {
    counts[static_cast<size_t>(problem.labels[r])] += problem.weights[r];
    total += problem.weights[r];
  }
  double gini = 1.0;
  for (const double count : counts) gini -= count / total * (count / total);
  return total * gini;
}

std::pair<std::vector<size_t>, std::vector<size_t>> halves(const Problem& problem,
                                                           const std::vector<size_t>& rows,
                                                           size_t feature, float threshold) {
  std::pair<std::vector<size_t>, std::vector<size_t>> out;
  for (const size_t r : rows)
    (problem.rows(r, feature) <= threshold ? out.first : out.second).push_back(r);
  return out;
}

double split_impurity(const Problem& problem, const std::vector<size_t>& rows, size_t feature,
                      float threshold) {
  const auto [left, right] = halves(problem, rows, feature, threshold);
  return impurity(problem, left) + impurity(problem, right);
}

// Every value of every feature but the largest is tried as a threshold.
double best_impurity(const Problem& problem, const std::vector<size_t>& rows) {
  double best = std::numeric_limits<double>::infinity();
  for (size_t f = 0; f < problem.rows.num_cols(); ++f) {
    for (const size_t r : rows) {
      const auto [left, right] = halves(problem, rows, f, problem.rows(r, f));
      if (right.empty()) continue;
      best = std::min(best, impurity(problem, left) + impurity(problem, right));
    }
  }
  return best;
}

// Calls visit(node, rows that reach it, depth) for every node.
void visit_nodes(
    const Problem& problem, const Tree& tree,
    const std::function<void(const Tree::Node&, const std::vector<size_t>&, int)>& visit) {
  const std::function<void(uint32_t, const std::vector<size_t>&, int)> descend =
      [&](uint32_t index, const std::vector<size_t>& rows, int depth) {
        const Tree::Node& node = tree.nodes[index];
        visit(node, rows, depth);
        if (node.is_leaf()) return;
        const auto [left, right] = halves(problem, rows, node.feature, node.threshold);
        descend(node.left, left, depth + 1);
        descend(node.right, right, depth + 1);
      };
  std::vector<size_t> all;
  for (size_t r = 0; r < problem.rows.num_rows(); ++r) {
    if (problem.weights[r] > 0.0) all.push_back(r);
  }
  descend(0, all, 0);
}

int num_classes(const Problem& problem, const std::vector<size_t>& rows) {
  std::vector<bool> seen(problem.num_labels);
  for (const size_t r : rows) seen[static_cast<size_t>(problem.labels[r])] = true;
  return static_cast<int>(std::count(seen.begin(), seen.end(), true));
}

bool all_constant(const Problem& problem, const std::vector<size_t>& rows) {
  for (const size_t r : rows) {
    for (size_t f = 0; f < problem.rows.num_cols(); ++f) {
      if (problem.rows(r, f) != problem.rows(rows[0], f)) return false;
    }
  }
  return true;
}

void check_leaf(const Problem& problem, const Tree& tree, const Tree::Node& leaf,
                const std::vector<size_t>& rows) {
  std::vector<double> wanted(problem.num_labels);
  double total = 0.0;
  for (const size_t r : rows) total += problem.weights[r];
  for (const size_t r : rows)
    wanted[static_cast<size_t>(problem.labels[r])] += problem.weights[r] / total;
  ASSERT_EQ(leaf.right - leaf.left, static_cast<uint32_t>(num_classes(problem, rows)));
  for (uint32_t v = leaf.left; v < leaf.right; ++v)
    EXPECT_NEAR(tree.leaf_values[v].value, wanted[tree.leaf_values[v].label_index], 1e-6);
}

TEST(TreeBuilderTest, EverySplitIsTheTextbooksBestAndEveryLeafItsFrequencies) {
  int num_splits = 0;
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const size_t num_features = 1 + seed % 5;
    // From 2 rows, where every node is sorted, to 120, where the large ones are picked in order.
    const size_t num_rows = 2 + seed * 2;
    const Problem problem =
        random_problem(seed, num_rows, num_features, 2 + seed % 4, seed % 2 == 1);
    constexpr uint32_t kMaxDepth = 6;
    const Tree tree = grow(problem, {SplitRule::kBest, num_features, kMaxDepth}, seed);
    visit_nodes(problem, tree,
                [&](const Tree::Node& node, const std::vector<size_t>& rows, int depth) {
                  if (node.is_leaf()) {
                    EXPECT_TRUE(depth == kMaxDepth || num_classes(problem, rows) == 1 ||
                                all_constant(problem, rows));
                    check_leaf(problem, tree, node, rows);
                    return;
                  }
                  ++num_splits;
                  EXPECT_LT(depth, static_cast<int>(kMaxDepth));
                  EXPECT_GT(num_classes(problem, rows), 1);
                  // Several splits may be equally good; impurities are compared. The tolerance
                  // is rounding of sums of up to 120 weights of up to 2.
                  EXPECT_NEAR(split_impurity(problem, rows, node.feature, node.threshold),
                              best_impurity(problem, rows), 1e-10);
                });
  }
  EXPECT_GT(num_splits, 500);
}

TEST(TreeBuilderTest, EqualsScikitLearnNodeByNode) {
  const Result<std::string> text =
      read_text_file(testing::test_data() / "sklearn" / "decision_trees.json");
  ASSERT_TRUE(text) << text.error().message;
  const nlohmann::json golden = nlohmann::json::parse(*text);
  const size_t num_rows = golden["num_rows"];
  const size_t num_features = golden["num_features"];
  Problem problem{Matrix(golden["rows"].get<std::vector<float>>(), num_rows, num_features),
                  golden["labels"].get<std::vector<int>>(),
                  {},
                  golden["num_classes"]};
  ASSERT_EQ(golden["trees"].size(), 3u);
  for (const auto& [name, wanted] : golden["trees"].items()) {
    SCOPED_TRACE(name);
    problem.weights = wanted["weights"].get<std::vector<double>>();
    const Tree tree = grow(problem, {SplitRule::kBest, num_features, golden["max_depth"]});
    ASSERT_EQ(tree.nodes.size(), wanted["features"].size());
    for (size_t i = 0; i < tree.nodes.size(); ++i) {
      const Tree::Node& node = tree.nodes[i];
      ASSERT_EQ(node.is_leaf(), wanted["features"][i] == -1);
      if (!node.is_leaf()) {
        EXPECT_EQ(node.feature, wanted["features"][i].get<uint32_t>());
        EXPECT_EQ(node.left, wanted["left"][i].get<uint32_t>());
        EXPECT_EQ(node.right, wanted["right"][i].get<uint32_t>());
        // Ours is scikit-learn's float64 threshold, rounded down to float32.
        const double threshold = wanted["thresholds"][i];
        EXPECT_LE(node.threshold, threshold);
        EXPECT_GT(std::nextafter(node.threshold, 1e9f), threshold);
        continue;
      }
      std::vector<double> probabilities(problem.num_labels);
      for (uint32_t v = node.left; v < node.right; ++v)
        probabilities[tree.leaf_values[v].label_index] = tree.leaf_values[v].value;
      for (size_t k = 0; k < problem.num_labels; ++k)
        EXPECT_NEAR(probabilities[k], wanted["probabilities"][i][k].get<double>(), 1e-7);
    }
  }
}

TEST(TreeBuilderTest, RandomSplitsLieWithinTheirNodeAndLeavesArePure) {
  for (uint32_t seed = 0; seed < 30; ++seed) {
    const Problem problem = random_problem(seed, 3 + seed * 5, 1 + seed % 4, 3, seed % 2 == 1);
    const Tree tree = grow(problem, {SplitRule::kRandom, 1 + seed % 2 * (seed % 4)}, seed);
    visit_nodes(problem, tree, [&](const Tree::Node& node, const std::vector<size_t>& rows, int) {
      if (node.is_leaf()) {
        EXPECT_TRUE(num_classes(problem, rows) == 1 || all_constant(problem, rows));
        check_leaf(problem, tree, node, rows);
        return;
      }
      const auto [left, right] = halves(problem, rows, node.feature, node.threshold);
      EXPECT_FALSE(left.empty());
      EXPECT_FALSE(right.empty());
    });
  }
}

TEST(TreeBuilderTest, RandomThresholdsAreUniformBetweenSmallestAndLargest) {
  const Problem problem{Matrix({-1.0f, 3.0f, 0.0f}, 3, 1), {0, 1, 1}, {1.0, 1.0, 1.0}, 2};
  std::vector<int> counts(8);
  constexpr int kTrees = 8000;
  for (int seed = 0; seed < kTrees; ++seed) {
    const float threshold =
        grow(problem, {SplitRule::kRandom, 1, 1}, static_cast<uint64_t>(seed)).nodes[0].threshold;
    ASSERT_GE(threshold, -1.0f);
    ASSERT_LT(threshold, 3.0f);
    ++counts[static_cast<size_t>((threshold + 1.0f) * 2.0f)];
  }
  double chi_square = 0.0;
  for (const int count : counts) chi_square += (count - 1000.0) * (count - 1000.0) / 1000.0;
  EXPECT_LT(chi_square, 24.3);  // 7 degrees of freedom: exceeded once in a thousand
}

TEST(TreeBuilderTest, TheBetterOfTheDrawnRandomSplitsIsTaken) {
  // Feature 0 separates the classes wherever its threshold falls, feature 1 never well.
  Problem problem{Matrix(40, 2), {}, std::vector<double>(40, 1.0), 2};
  for (size_t r = 0; r < 40; ++r) {
    problem.rows(r, 0) = r % 2 == 0 ? 0.0f : 1.0f;
    problem.rows(r, 1) = static_cast<float>(r / 2);
    problem.labels.push_back(static_cast<int>(r % 2));
  }
  for (uint64_t seed = 0; seed < 50; ++seed)
    EXPECT_EQ(grow(problem, {SplitRule::kRandom, 2, 1}, seed).nodes[0].feature, 0u);
}

TEST(TreeBuilderTest, FeaturesAreDrawnEvenlyAndUntilOneVaries) {
  for (const SplitRule rule : {SplitRule::kBest, SplitRule::kRandom}) {
    // Columns 1 and 3 vary and are alike, the others are constant.
    Problem problem{Matrix(6, 5), {0, 0, 0, 1, 1, 1}, std::vector<double>(6, 1.0), 2};
    for (size_t r = 0; r < 6; ++r) problem.rows(r, 1) = problem.rows(r, 3) = static_cast<float>(r);
    std::vector<int> counts(5);
    for (uint64_t seed = 0; seed < 2000; ++seed) {
      const Tree tree = grow(problem, {rule, 1, 1}, seed);
      ASSERT_FALSE(tree.nodes[0].is_leaf());
      ++counts[tree.nodes[0].feature];
    }
    EXPECT_EQ(counts[0] + counts[2] + counts[4], 0);
    EXPECT_NEAR(counts[1], 1000, 90);  // 4 standard deviations
  }
}

TEST(TreeBuilderTest, OnlyMaxFeaturesAreLookedAt) {
  // One of ten varying columns tells the classes apart; a tenth of the roots find it.
  std::mt19937 random(1);
  Problem problem{Matrix(60, 10), {}, std::vector<double>(60, 1.0), 2};
  for (size_t r = 0; r < 60; ++r) {
    for (float& value : problem.rows.row(r)) value = static_cast<float>(random() % 1000);
    problem.labels.push_back(problem.rows(r, 4) < 500.0f ? 0 : 1);
  }
  for (const size_t max_features : {1, 3, 10}) {
    int num_found = 0;
    for (uint64_t seed = 0; seed < 1000; ++seed)
      num_found += grow(problem, {SplitRule::kBest, max_features, 1}, seed).nodes[0].feature == 4;
    EXPECT_NEAR(num_found, 100 * static_cast<int>(max_features), 60);  // 4 standard deviations
  }
}

TEST(TreeBuilderTest, WholeWeightsEqualRepeatedRowsAndZeroWeightsAbsentOnes) {
  for (const SplitRule rule : {SplitRule::kBest, SplitRule::kRandom}) {
    for (uint32_t seed = 0; seed < 20; ++seed) {
      Problem weighted = random_problem(seed, 50, 4, 3, false);
      std::vector<size_t> repeated_rows;
      for (size_t r = 0; r < 50; ++r) {
        weighted.weights[r] = static_cast<double>((r * 7 + seed) % 4);
        repeated_rows.insert(repeated_rows.end(), (r * 7 + seed) % 4, r);
      }
      Problem repeated{select_rows(weighted.rows, repeated_rows),
                       {},
                       std::vector<double>(repeated_rows.size(), 1.0),
                       3};
      for (const size_t r : repeated_rows) repeated.labels.push_back(weighted.labels[r]);
      EXPECT_EQ(grow(weighted, {rule, 2}, seed), grow(repeated, {rule, 2}, seed));
    }
  }
}

TEST(TreeBuilderTest, AWorkspaceRemembersNothingOfTheTreeBefore) {
  const Problem problem = random_problem(5, 80, 4, 3, true);
  const TrainingColumns columns(problem.rows, problem.labels, 3, SplitRule::kBest);
  TreeBuilder used(columns, {SplitRule::kBest, 2});
  Random other(9, 9);
  used.build(std::vector<double>(80, 1.0), other);
  Random random(1, 0);
  EXPECT_EQ(*used.build(problem.weights, random), grow(problem, {SplitRule::kBest, 2}));
}

TEST(TreeBuilderTest, ThresholdsSeparateNeighboursOfEveryMagnitude) {
  constexpr float kHuge = std::numeric_limits<float>::max();
  const float above = std::nextafter(1000.0f, 2000.0f);
  for (const auto& [lower, upper] : std::vector<std::pair<float, float>>{{1000.0f, above},
                                                                         {-above, -1000.0f},
                                                                         {-kHuge, kHuge},
                                                                         {0.9f * kHuge, kHuge},
                                                                         {0.0f, 3e-7f}}) {
    for (const SplitRule rule : {SplitRule::kBest, SplitRule::kRandom}) {
      const Problem problem{Matrix({upper, lower}, 2, 1), {0, 1}, {1.0, 1.0}, 2};
      const Tree tree = grow(problem, {rule, 1});
      ASSERT_EQ(tree.nodes.size(), 3u);
      EXPECT_GE(tree.nodes[0].threshold, lower);
      EXPECT_LT(tree.nodes[0].threshold, upper);
    }
  }
}

TEST(TreeBuilderTest, ValuesAlmostEqualAreOne) {
  for (const SplitRule rule : {SplitRule::kBest, SplitRule::kRandom}) {
    const Problem problem{
        Matrix({0.0f, 5e-8f, 0.0f, 5e-8f}, 4, 1), {0, 1, 0, 1}, std::vector<double>(4, 1.0), 2};
    EXPECT_EQ(grow(problem, {rule, 1}).nodes.size(), 1u);
  }
}

TEST(TreeBuilderTest, EqualRowsOfDifferentClassesShareALeaf) {
  const Problem problem{
      Matrix({1.0f, 1.0f, 1.0f, 2.0f}, 4, 1), {0, 1, 1, 2}, {1.0, 1.0, 1.0, 1.0}, 3};
  const Tree tree = grow(problem, {SplitRule::kBest, 1});
  ASSERT_EQ(tree.nodes.size(), 3u);
  EXPECT_EQ(tree.nodes[0].threshold, 1.5f);
  const std::vector<Tree::LeafValue> wanted{{0, 1.0f / 3.0f}, {1, 2.0f / 3.0f}, {2, 1.0f}};
  EXPECT_EQ(tree.leaf_values, wanted);
}

TEST(TreeBuilderTest, OneRowOneClassOrNoDepthGiveALeaf) {
  const Problem one{Matrix({1.0f}, 1, 1), {1}, {0.5}, 3};
  EXPECT_EQ(grow(one, {SplitRule::kBest, 1}).leaf_values,
            (std::vector<Tree::LeafValue>{{1, 1.0f}}));
  const Problem pure{Matrix({1.0f, 2.0f}, 2, 1), {1, 1}, {1.0, 1.0}, 3};
  EXPECT_EQ(grow(pure, {SplitRule::kRandom, 1}).nodes.size(), 1u);
  const Problem mixed{Matrix({1.0f, 2.0f}, 2, 1), {0, 1}, {1.0, 1.0}, 3};
  EXPECT_EQ(grow(mixed, {SplitRule::kBest, 1, 0}).nodes.size(), 1u);
}

TEST(TreeBuilderTest, ASplitWithoutGainIsStillMade) {
  // Exclusive or: no single split helps, two in a row do.
  const Problem problem{Matrix({0.0f, 0.0f, 0.0f, 1.0f, 1.0f, 0.0f, 1.0f, 1.0f}, 4, 2),
                        {0, 1, 1, 0},
                        std::vector<double>(4, 1.0),
                        2};
  const Tree tree = grow(problem, {SplitRule::kBest, 2});
  EXPECT_EQ(tree.nodes.size(), 7u);
  for (const Tree::LeafValue& value : tree.leaf_values) EXPECT_EQ(value.value, 1.0f);
}

TEST(TreeBuilderTest, StopsWhenAsked) {
  const Problem problem = random_problem(5, 80, 4, 3, false);
  const TrainingColumns columns(problem.rows, problem.labels, 3, SplitRule::kBest);
  TreeBuilder builder(columns, {SplitRule::kBest, 2});
  Random random(1, 0);
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(builder.build(problem.weights, random, source.get_token()).has_value());
}

}  // namespace
}  // namespace sermo::learn
