#include "sermo/eval/inner_folds.h"

#include <gtest/gtest.h>

#include <set>

#include "made_up_speakers.h"

namespace sermo::eval {
namespace {

using Corpus = testing::MadeUpSpeakers;

// The splits cut the training part, and no tested row of the outer fold is in any of them.
void expect_inside(const Fold& outer, const InnerFolds& inner) {
  const std::set<size_t> part(outer.rows.train.begin(), outer.rows.train.end());
  std::multiset<size_t> tested;
  for (const data::Split& split : inner.splits) {
    const std::set<size_t> train(split.train.begin(), split.train.end());
    EXPECT_EQ(train.size() + split.test.size(), part.size());
    for (size_t r : split.train) ASSERT_TRUE(part.contains(r));
    for (size_t r : split.test) {
      ASSERT_TRUE(part.contains(r));
      ASSERT_FALSE(train.contains(r));
      tested.insert(r);
    }
  }
  EXPECT_EQ(tested, std::multiset<size_t>(part.begin(), part.end())) << "each row once";
}

void expect_speakers_apart(const data::Split& split, const Corpus& corpus) {
  std::set<int> learnt;
  for (size_t r : split.train) learnt.insert(corpus.speakers[r]);
  for (size_t r : split.test) ASSERT_FALSE(learnt.contains(corpus.speakers[r]));
}

TEST(InnerFolds, OfFewFoldsAreTheOthersAndShareTheirTrainingRows) {
  const Corpus corpus;
  const FoldPlan plan = emobox_folds(corpus.rows()).value();
  std::set<std::set<size_t>> parts;
  for (size_t k = 0; k < 6; ++k) {
    const InnerFolds inner = inner_folds(plan, k, corpus.rows(), 42);
    ASSERT_EQ(inner.splits.size(), 5u);
    expect_inside(plan.folds[k], inner);
    for (const data::Split& split : inner.splits) {
      expect_speakers_apart(split, corpus);
      parts.emplace(split.train.begin(), split.train.end());
    }
  }
  EXPECT_EQ(parts.size(), 15u) << "one a pair of folds";
}

TEST(InnerFolds, OfManyFoldsAreGroupsOfSpeakers) {
  const Corpus corpus;
  const FoldPlan plan = leave_one_speaker_out(corpus.rows()).value();
  const InnerFolds inner = inner_folds(plan, 3, corpus.rows(), 42);
  ASSERT_EQ(inner.splits.size(), 5u);
  expect_inside(plan.folds[3], inner);
  for (const data::Split& split : inner.splits) {
    expect_speakers_apart(split, corpus);
    EXPECT_GE(split.test.size(), 4u * 8u) << "23 speakers in five groups of four or five";
  }
}

TEST(InnerFolds, OfOneSplitAreStratified) {
  const Corpus corpus;
  const FoldPlan plan = original_folds(corpus.rows(), 42).value();
  const InnerFolds inner = inner_folds(plan, 0, corpus.rows(), 42);
  ASSERT_EQ(inner.splits.size(), 5u);
  expect_inside(plan.folds[0], inner);
}

TEST(InnerFolds, APartThatCannotBeCutHasNone) {
  // Each class is spoken by one speaker only: without a speaker a class is missing.
  const std::vector<int> classes = {0, 0, 0, 0, 1, 1, 1, 1, 0, 1};
  const std::vector<int> speakers = {1, 1, 1, 1, 2, 2, 2, 2, 3, 3};
  const std::vector<std::string> paths(10, "x");
  FoldPlan plan{"mine", {{"a", {{0, 1, 2, 3, 4, 5, 6, 7}, {8, 9}}}}, true};
  const InnerFolds inner = inner_folds(plan, 0, {classes, speakers, paths}, 42);
  EXPECT_TRUE(inner.splits.empty());
  EXPECT_TRUE(inner.how.empty());
}

}  // namespace
}  // namespace sermo::eval
