#include "sermo/model/trees/tree_ensemble.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <thread>

#include "random_trees.h"
#include "sermo/model/classifier.h"

namespace sermo::model {
namespace {

using sermo::testing::random_ensemble;
using sermo::testing::random_tree_rows;
using ::testing::HasSubstr;

// The textbook: from the root to a leaf, in double.
std::vector<double> reference(const TreeEnsembleOptions& options, std::span<const float> row) {
  std::vector<double> sums(options.base_scores.begin(), options.base_scores.end());
  sums.resize(options.num_labels);
  for (const Tree& tree : options.trees) {
    const Tree::Node* node = &tree.nodes[0];
    while (!node->is_leaf())
      node = &tree.nodes[row[node->feature] <= node->threshold ? node->left : node->right];
    for (uint32_t v = node->left; v < node->right; ++v)
      sums[tree.leaf_values[v].label_index] += tree.leaf_values[v].value;
  }
  double total = 0.0;
  for (double& sum : sums) {
    if (options.aggregation == TreeAggregation::kSoftmax) sum = std::exp(sum);
    total += sum;
  }
  const bool softmax = options.aggregation == TreeAggregation::kSoftmax;
  for (double& sum : sums) sum /= softmax ? total : static_cast<double>(options.trees.size());
  return sums;
}

// Two leaves under one comparison, x0 <= 0.5.
TreeEnsembleOptions stump() {
  Tree tree;
  tree.nodes = {{0, 0.5f, 1, 2}, {Tree::kLeaf, 0.0f, 0, 1}, {Tree::kLeaf, 0.0f, 1, 3}};
  tree.leaf_values = {{0, 1.0f}, {0, 0.25f}, {1, 0.75f}};
  return {1, 2, TreeAggregation::kMean, {}, {tree}};
}

std::string error_of(const TreeEnsembleOptions& options) {
  Result<std::shared_ptr<const TreeEnsemble>> made = TreeEnsemble::create(options);
  if (made) return "no error";
  EXPECT_EQ(made.error().code, ErrorCode::kCorrupt);
  return made.error().message;
}

TEST(TreeEnsembleTest, EqualsTheTextbookForEveryNumberOfRowsAndTrees) {
  for (const TreeAggregation aggregation : {TreeAggregation::kMean, TreeAggregation::kSoftmax}) {
    for (const size_t num_trees : {1, 7, 8, 9, 200}) {
      const TreeEnsembleOptions options = random_ensemble(3, aggregation, 9, 5, num_trees);
      const auto ensemble = TreeEnsemble::create(options);
      ASSERT_TRUE(ensemble) << ensemble.error().message;
      for (const size_t num_rows : {1, 7, 8, 63, 64, 65, 150}) {
        const Matrix rows = random_tree_rows(4, num_rows, 9);
        Matrix out;
        (*ensemble)->predict_proba(rows, out);
        ASSERT_EQ(out.num_rows(), num_rows);
        ASSERT_EQ(out.num_cols(), 5u);
        for (size_t r = 0; r < num_rows; ++r) {
          const std::vector<double> wanted = reference(options, rows.row(r));
          // 200 additions in float32 of values up to 4, then a softmax.
          for (size_t k = 0; k < 5; ++k) EXPECT_NEAR(out(r, k), wanted[k], 2e-5);
        }
      }
    }
  }
}

TEST(TreeEnsembleTest, AnswersARowAloneAsAmongOthersToTheBit) {
  const auto ensemble = *TreeEnsemble::create(random_ensemble(5, TreeAggregation::kMean, 4, 3, 50));
  const Matrix rows = random_tree_rows(6, 77, 4);
  Matrix together, alone;
  ensemble->predict_proba(rows, together);
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    ensemble->predict_proba(MatrixView::row_vector(rows.row(r)), alone);
    EXPECT_EQ(std::memcmp(alone.data(), together.row(r).data(), 3 * sizeof(float)), 0);
  }
}

TEST(TreeEnsembleTest, GoesLeftAtTheThresholdItselfAndRightJustAboveIt) {
  const auto ensemble = *TreeEnsemble::create(stump());
  const float above = std::nextafter(0.5f, 1.0f);
  const float infinity = std::numeric_limits<float>::infinity();
  const Matrix rows({0.5f, above, -infinity, infinity}, 4, 1);
  Matrix out;
  ensemble->predict_proba(rows, out);
  EXPECT_EQ(out(0, 0), 1.0f);
  EXPECT_EQ(out(1, 0), 0.25f);
  EXPECT_EQ(out(2, 0), 1.0f);
  EXPECT_EQ(out(3, 1), 0.75f);
}

TEST(TreeEnsembleTest, EqualVotesAreEqualProbabilities) {
  // 210 pure leaves, 70 for each of three classes in mixed order: the label must be the first.
  TreeEnsembleOptions options{1, 3, TreeAggregation::kMean, {}, {}};
  for (uint32_t t = 0; t < 210; ++t) {
    Tree tree;
    tree.nodes = {{Tree::kLeaf, 0.0f, 0, 1}};
    tree.leaf_values = {{2 - t % 3, 1.0f}};
    options.trees.push_back(tree);
  }
  Matrix out;
  (*TreeEnsemble::create(options))->predict_proba(Matrix(1, 1), out);
  EXPECT_EQ(out(0, 0), out(0, 1));
  EXPECT_EQ(out(0, 1), out(0, 2));
  EXPECT_EQ(argmax(out.row(0)), 0u);
}

TEST(TreeEnsembleTest, SoftmaxOfHugeScoresIsFinite) {
  TreeEnsembleOptions options = stump();
  options.aggregation = TreeAggregation::kSoftmax;
  options.base_scores = {0.0f, 0.0f};
  options.trees[0].leaf_values = {{0, 3e38f}, {0, -3e38f}, {1, 2e38f}};
  Matrix out;
  (*TreeEnsemble::create(options))->predict_proba(Matrix({0.0f, 1.0f}, 2, 1), out);
  EXPECT_EQ(out(0, 0), 1.0f);
  EXPECT_EQ(out(1, 1), 1.0f);
}

TEST(TreeEnsembleTest, GivesBackWhatItWasMadeOf) {
  for (const TreeAggregation aggregation : {TreeAggregation::kMean, TreeAggregation::kSoftmax}) {
    const TreeEnsembleOptions options = random_ensemble(7, aggregation, 6, 4, 20);
    const auto first = *TreeEnsemble::create(options);
    const TreeEnsembleOptions again = first->options();
    EXPECT_EQ(again.base_scores, options.base_scores);
    const auto second = *TreeEnsemble::create(again);
    // Breadth-first order is a fixed point, so the second description equals the first.
    EXPECT_EQ(second->options().trees, again.trees);
    const Matrix rows = random_tree_rows(8, 40, 6);
    Matrix one, two;
    first->predict_proba(rows, one);
    second->predict_proba(rows, two);
    EXPECT_EQ(std::memcmp(one.data(), two.data(), one.values().size_bytes()), 0);
  }
}

TEST(TreeEnsembleTest, ManyThreadsGetTheSameAnswers) {
  const auto ensemble =
      *TreeEnsemble::create(random_ensemble(9, TreeAggregation::kSoftmax, 5, 4, 30));
  const Matrix rows = random_tree_rows(10, 100, 5);
  Matrix wanted;
  ensemble->predict_proba(rows, wanted);
  std::vector<Matrix> outs(4);
  {
    std::vector<std::jthread> threads;
    for (Matrix& out : outs) threads.emplace_back([&] { ensemble->predict_proba(rows, out); });
  }
  for (const Matrix& out : outs)
    EXPECT_EQ(std::memcmp(out.data(), wanted.data(), wanted.values().size_bytes()), 0);
}

TEST(TreeEnsembleTest, RowsOfNansAreAnswered) {
  const auto ensemble =
      *TreeEnsemble::create(random_ensemble(11, TreeAggregation::kMean, 5, 4, 30));
  const std::vector<float> nans(5 * 9, std::numeric_limits<float>::quiet_NaN());
  Matrix out;
  ensemble->predict_proba(Matrix(nans, 9, 5), out);
  for (float p : out.values()) EXPECT_TRUE(std::isfinite(p));
}

TEST(TreeEnsembleTest, RefusesWhatIsNotATree) {
  EXPECT_TRUE(TreeEnsemble::create(stump()));
  const auto with = [](const std::function<void(TreeEnsembleOptions&)>& change) {
    TreeEnsembleOptions options = stump();
    change(options);
    return error_of(options);
  };
  using Options = TreeEnsembleOptions;
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const auto is = [](const char* text) { return HasSubstr(text); };

  EXPECT_THAT(with([](Options& o) { o.trees.clear(); }), is("without a tree"));
  EXPECT_THAT(with([](Options& o) { o.trees.emplace_back(); }), is("tree 1: it has no nodes"));
  EXPECT_THAT(with([](Options& o) { o.num_labels = 1; }), is("1 classes"));
  EXPECT_THAT(with([](Options& o) { o.num_features = 0; }), is("0 features"));
  EXPECT_THAT(with([](Options& o) { o.base_scores = {0.0f}; }), is("1 base scores, wanted 0"));
  const auto softmax = [&](std::vector<float> base_scores) {
    return with([&](Options& o) {
      o.aggregation = TreeAggregation::kSoftmax;
      o.base_scores = base_scores;
    });
  };
  EXPECT_THAT(softmax({0.0f}), is("1 base scores, wanted 2"));
  EXPECT_THAT(softmax({0.0f, kNan}), is("base score of an ensemble of trees is not finite"));

  // Children: out of range, the root, itself, one child twice, a ring apart from the root.
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].left = 3; }), is("child 3"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].right = Tree::kLeaf; }), is("child 4294"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].left = 0; }), is("reached in two ways"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].left = 2; }), is("reached in two ways"));
  EXPECT_THAT(with([](Options& o) {
                o.trees[0].nodes[1] = {0, 0.0f, 2, 0};
              }),
              is("reached in two ways"));
  EXPECT_THAT(with([](Options& o) {
                o.trees[0].nodes.push_back({0, 0.0f, 4, 5});
                o.trees[0].nodes.push_back({0, 0.0f, 3, 6});
                o.trees[0].nodes.push_back({Tree::kLeaf, 0.0f, 3, 4});
                o.trees[0].nodes.push_back({Tree::kLeaf, 0.0f, 4, 5});
                o.trees[0].leaf_values.insert(o.trees[0].leaf_values.end(), {{0, 1.0f}, {0, 1.0f}});
              }),
              is("4 of its 7 nodes are not reached"));

  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].feature = 1; }), is("compares feature 1"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].threshold = kNan; }), is("not finite"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[0].threshold = kInfinity; }),
              is("not finite"));

  EXPECT_THAT(with([](Options& o) { o.trees[0].leaf_values[2].label_index = 2; }),
              is("speaks of class 2"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].leaf_values[1].label_index = 1; }), is("ascending"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].leaf_values[0].value = kNan; }), is("not finite"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].leaf_values[0].value = 0.9f; }), is("sum to 0.9"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].leaf_values[1].value = -0.25f; }),
              is("probability -0.25"));
  EXPECT_THAT(with([](Options& o) { o.trees[0].nodes[2].right = 4; }), is("values 1 to 4 of 3"));
  EXPECT_THAT(with([](Options& o) {
                o.trees[0].nodes[2] = {Tree::kLeaf, 0.0f, 3, 1};
              }),
              is("values 3 to 1 of 3"));
  EXPECT_THAT(with([](Options& o) {
                o.trees[0].leaf_values.push_back({0, 1.0f});
              }),
              is("leaves have 3 values, but 4 are given"));
}

}  // namespace
}  // namespace sermo::model
