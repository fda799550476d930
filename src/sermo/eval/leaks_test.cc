#include "sermo/eval/leaks.h"

#include <gtest/gtest.h>

#include <random>

#include "sermo/data/table_io.h"
#include "test_paths.h"

namespace sermo::eval {
namespace {

Matrix random_rows(size_t num_rows, size_t num_features, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Matrix rows(num_rows, num_features);
  for (size_t r = 0; r < num_rows; ++r) {
    for (float& value : rows.row(r)) value = 5.0f + normal(random);
  }
  return rows;
}

void copy_row(Matrix& rows, size_t from, size_t to, float change = 0.0f) {
  for (size_t c = 0; c < rows.num_cols(); ++c)
    rows(to, c) = rows(from, c) + (c % 2 == 0 ? change : -change);
}

TEST(Leaks, EqualRowsAreExactAndSimilarRowsNear) {
  Matrix rows = random_rows(100, 40, 1);
  copy_row(rows, 3, 50);
  copy_row(rows, 10, 60, 0.1f);
  const std::vector<CopyPair> copies = copies_by_features(rows);
  ASSERT_EQ(copies.size(), 2u);
  EXPECT_EQ(copies[0].first, 3u);
  EXPECT_EQ(copies[0].second, 50u);
  EXPECT_TRUE(copies[0].exact);
  EXPECT_EQ(copies[1].first, 10u);
  EXPECT_EQ(copies[1].second, 60u);
  EXPECT_FALSE(copies[1].exact);
  EXPECT_NEAR(copies[1].likeness, 0.9, 0.02);
}

TEST(Leaks, TheShippedTableHoldsOneCopyAndNothingElseIsTakenForOne) {
  const data::Table table =
      data::read_table(testing::source_dir() / "share" / "ravdess-librosa110.npz", {})
          .value()
          .table;
  const std::vector<CopyPair> copies = copies_by_features(table.features);
  ASSERT_EQ(copies.size(), 1u);
  EXPECT_TRUE(copies[0].exact);
  EXPECT_NE(table.paths[copies[0].first].find("03-01-03-01-02-01-07"), std::string::npos);
  EXPECT_NE(table.paths[copies[0].second].find("03-01-03-01-02-02-07"), std::string::npos);
}

const std::vector<int> kClasses = {0, 1, 0, 1, 0, 1};
const std::vector<int> kSpeakers = {1, 1, 2, 2, 3, 3};
const std::vector<std::string> kPaths = {"a", "b", "c", "d", "e", "f"};
const FoldRows kRows{kClasses, kSpeakers, kPaths};
// Rows 0 and 4 are one recording.
const std::vector<CopyPair> kCopies = {{0, 4, true, 1.0}};

TEST(Leaks, ACopyAcrossACutIsNamedInEachFold) {
  const FoldPlan plan = leave_one_speaker_out(kRows).value();
  const std::vector<Leak> leaks = leaks_of(plan, kCopies);
  ASSERT_EQ(leaks.size(), 2u) << "speaker 1 tested, then speaker 3";
  EXPECT_EQ(leaks[0].tested, 0u);
  EXPECT_EQ(leaks[0].learnt, 4u);
  EXPECT_EQ(leaks[0].fold, 0u);
  EXPECT_EQ(leaks[1].tested, 4u);
  EXPECT_EQ(leaks[1].fold, 2u);
}

TEST(Leaks, CopiesThatAreKeptTogetherDoNotLeak) {
  const FoldPlan plan = leave_one_speaker_out(kRows).value();
  const FoldPlan together = keep_copies_together(plan, kCopies, kRows);
  EXPECT_TRUE(leaks_of(together, kCopies).empty());
  EXPECT_EQ(together.folds[0].rows.test, (std::vector<size_t>{0, 1, 4}));
  EXPECT_EQ(together.folds[2].rows.test, (std::vector<size_t>{5}));
  for (const Fold& fold : together.folds)
    EXPECT_EQ(fold.rows.train.size() + fold.rows.test.size(), 6u);
  // Near copies may be a mistake: they are told of, not moved.
  const std::vector<CopyPair> near = {{0, 4, false, 0.9}};
  EXPECT_EQ(keep_copies_together(plan, near, kRows).folds[0].rows.test, plan.folds[0].rows.test);
  EXPECT_EQ(leaks_of(plan, near).size(), 2u);
}

TEST(Leaks, GroupsOnBothSidesAreCounted) {
  const FoldPlan plan = leave_one_speaker_out(kRows).value();
  EXPECT_EQ(num_groups_on_both_sides(plan, std::vector<std::string>{"x", "y", "x", "", "z", ""}),
            1u);
  EXPECT_EQ(num_groups_on_both_sides(plan, std::vector<std::string>{"1", "1", "2", "2", "3", "3"}),
            0u);
}

TEST(Leaks, SoundTellsExactCopiesFromNearOnes) {
  std::vector<data::ClipPrint> prints(3);
  std::mt19937 random(1);
  for (data::ClipPrint& print : prints) {
    for (int w = 0; w < 100; ++w) print.sound.words.push_back(random());
    print.sound.loud.assign(100, true);
  }
  prints[0].samples_hash = "a";
  prints[1].samples_hash = "b";
  prints[2] = prints[0];
  std::vector<CopyPair> copies = copies_by_sound(prints);
  ASSERT_EQ(copies.size(), 1u);
  EXPECT_TRUE(copies[0].exact);
  prints[2].samples_hash = "c";
  copies = copies_by_sound(prints);
  ASSERT_EQ(copies.size(), 1u);
  EXPECT_FALSE(copies[0].exact);
  EXPECT_EQ(copies[0].likeness, 1.0);
}

}  // namespace
}  // namespace sermo::eval
