#include "sermo/data/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <map>
#include <set>

#include "sermo/data/copy_kinds.h"

namespace sermo::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Table small() {
  Table table;
  table.schema = features::make_schema("s", 1, "{}", {"a", "b"});
  table.features = Matrix({1, 2, 3, 4, 5, 6, 7, 8}, 4, 2);
  table.labels = {"sad", "", "angry", "sad"};
  table.speakers = {1, kUnknownSpeaker, 2, 1};
  table.paths = {"p", "q", "r", "s"};
  return table;
}

TEST(Table, PartsThatDoNotAgreeAreNamed) {
  EXPECT_TRUE(check_table(small()));
  EXPECT_TRUE(check_table(Table{}));
  Table table = small();
  table.labels.pop_back();
  EXPECT_EQ(check_table(table).error(),
            (Error{ErrorCode::kMismatch, "3 labels, wanted 4 (the rows of features)"}));
  table = small();
  table.speakers.push_back(1);
  EXPECT_EQ(check_table(table).error().code, ErrorCode::kMismatch);
  table = small();
  table.paths.clear();
  EXPECT_EQ(check_table(table).error().code, ErrorCode::kMismatch);
  table = small();
  table.schema = features::make_schema("s", 1, "{}", {"a", "b", "c"});
  EXPECT_THAT(check_table(table).error().message, HasSubstr("2 columns of features, wanted 3"));
  table = small();
  table.features(2, 1) = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(check_table(table).error(),
            (Error{ErrorCode::kNotFinite, "row 2 (r), feature b: nan"}));
}

TEST(Table, SelectedRowsComeInTheOrderAsked) {
  const std::vector<size_t> rows = {3, 0, 3};
  const Table table = select_rows(small(), rows);
  ASSERT_TRUE(check_table(table));
  EXPECT_THAT(table.paths, ElementsAre("s", "p", "s"));
  EXPECT_THAT(table.labels, ElementsAre("sad", "sad", "sad"));
  EXPECT_EQ(table.features(0, 1), 8.0f);
  EXPECT_EQ(table.schema, small().schema);
}

// The rows of small() and behind them copies of p, s and the unlabelled q.
Table with_copies() {
  Table table = select_rows(small(), std::vector<size_t>{0, 1, 2, 3, 0, 3, 1});
  table.conditions = {"", "", "", "", "telephone", "speed 0.9", "telephone"};
  return table;
}

TEST(Table, CopiesStandUnderTheirSource) {
  const Table table = with_copies();
  ASSERT_TRUE(check_table(table));
  EXPECT_EQ(table.num_copies(), 3U);
  EXPECT_FALSE(table.is_copy(3));
  EXPECT_TRUE(table.is_copy(4));
  EXPECT_THAT(source_rows(table).value(), ElementsAre(0, 1, 2, 3, 0, 3, 1));
  EXPECT_THAT(select_rows(table, std::vector<size_t>{5, 3}).conditions,
              ElementsAre("speed 0.9", ""));
  EXPECT_THAT(source_rows(select_rows(table, std::vector<size_t>{5, 3})).value(),
              ElementsAre(1, 1));
}

TEST(Table, ACopyWithoutItsOneSourceIsRefused) {
  Table table = with_copies();
  EXPECT_EQ(check_table(select_rows(table, std::vector<size_t>{0, 5})).error(),
            (Error{ErrorCode::kMismatch,
                   "row 1 (s, speed 0.9): a copy whose source is not in the table"}));
  EXPECT_THAT(check_table(select_rows(table, std::vector<size_t>{3, 3, 5})).error().message,
              HasSubstr("several sources"));
  table.labels[4] = "angry";
  EXPECT_THAT(check_table(table).error().message, HasSubstr("another label or speaker"));
  table = with_copies();
  table.speakers[5] = 7;
  EXPECT_THAT(check_table(table).error().message, HasSubstr("another label or speaker"));
  table = with_copies();
  table.conditions.pop_back();
  EXPECT_THAT(check_table(table).error().message, HasSubstr("6 conditions, wanted 7"));
}

TEST(Table, CopiesAreNotAmongTheRowsThatFoldsAndScoresLookAt) {
  const LabelledRows labelled = labelled_rows(with_copies()).value();
  EXPECT_EQ(labelled.rows, labelled_rows(small()).value().rows);
  EXPECT_EQ(labelled.classes, labelled_rows(small()).value().classes);
}

TEST(Table, CopiesAreCountedByKindAndRecording) {
  Table table = with_copies();
  using Counts = std::map<std::string, size_t>;
  EXPECT_EQ(copies_by_kind(table, std::vector<size_t>{0, 1, 2, 3}),
            (Counts{{"band-pass", 2}, {"speed", 1}}));
  EXPECT_EQ(copies_by_kind(table, std::vector<size_t>{0, 2}), (Counts{{"band-pass", 1}}));
  EXPECT_EQ(copies_by_kind(small(), std::vector<size_t>{0, 1}), Counts{});
  table.conditions[4] = "under water";
  EXPECT_EQ(copies_by_kind(table, std::vector<size_t>{0, 3}), (Counts{{"other", 1}, {"speed", 1}}));
}

TEST(Table, TheFingerprintKnowsCopies) {
  Table table = small();
  table.conditions.assign(4, "");
  EXPECT_EQ(fingerprint(table), fingerprint(small()));
  table = with_copies();
  const std::string before = fingerprint(table);
  table.conditions[5] = "speed 1.1";
  EXPECT_NE(fingerprint(table), before);
  table.conditions.clear();
  EXPECT_NE(fingerprint(table), before);
}

TEST(Table, SpeakersAreCountedOnce) { EXPECT_EQ(num_speakers(small()), 2U); }

TEST(Table, LabelledRowsHaveClassesInAlphabeticalOrder) {
  const LabelledRows labelled = labelled_rows(small()).value();
  EXPECT_THAT(labelled.rows, ElementsAre(0, 2, 3));
  EXPECT_THAT(labelled.labels, ElementsAre("angry", "sad"));
  EXPECT_THAT(labelled.classes, ElementsAre(1, 0, 1));
}

TEST(Table, NothingToLearnFromIsSaidSo) {
  Table table = small();
  table.labels = {"", "", "", ""};
  EXPECT_EQ(labelled_rows(table).error(),
            (Error{ErrorCode::kTooShort, "none of 4 rows has a label"}));
  table.labels = {"sad", "", "sad", "sad"};
  EXPECT_EQ(
      labelled_rows(table).error(),
      (Error{ErrorCode::kTooShort, "all 3 labelled rows are 'sad', wanted at least two labels"}));
}

TEST(Table, TheFingerprintChangesWithEveryPart) {
  std::set<std::string> seen = {fingerprint(small())};
  EXPECT_EQ(fingerprint(small()), *seen.begin());
  const auto is_new = [&seen](const Table& table) {
    return seen.insert(fingerprint(table)).second;
  };
  Table table = small();
  table.features(3, 1) += 1e-6f;
  EXPECT_TRUE(is_new(table));
  table = small();
  table.labels[1] = "sad";
  EXPECT_TRUE(is_new(table));
  table = small();
  table.speakers[1] = 3;
  EXPECT_TRUE(is_new(table));
  table = small();
  table.paths[0] = "P";
  EXPECT_TRUE(is_new(table));
  table = small();
  table.paths = {"pq", "", "r", "s"};  // the same characters, cut elsewhere
  EXPECT_TRUE(is_new(table));
  table = small();
  table.schema = features::make_schema("s", 2, "{}", {"a", "b"});
  EXPECT_TRUE(is_new(table));
  EXPECT_TRUE(is_new(select_rows(small(), std::vector<size_t>{1, 0, 2, 3})));
  EXPECT_TRUE(is_new(select_rows(small(), std::vector<size_t>{0, 1, 2})));
}

TEST(Table, ClipsAreTheSameUnderAnySchema) {
  const std::string clips = clips_fingerprint(small());
  Table table = small();
  table.features = Matrix(table.num_rows(), 1);
  table.schema = features::make_schema("other", 1, "{}", {"x"});
  EXPECT_EQ(clips_fingerprint(table), clips);
  table.labels[1] = "sad";
  EXPECT_NE(clips_fingerprint(table), clips);
  table = small();
  table.speakers[1] = 3;
  EXPECT_NE(clips_fingerprint(table), clips);
  table = small();
  table.paths[0] = "P";
  EXPECT_NE(clips_fingerprint(table), clips);
  EXPECT_NE(clips_fingerprint(select_rows(small(), std::vector<size_t>{1, 0, 2, 3})), clips);

  // Copies of recordings are no clips of their own, wherever they stand.
  Table copied = select_rows(small(), std::vector<size_t>{0, 0, 1, 2, 3, 3});
  copied.conditions = {"", "noise", "", "", "", "room"};
  EXPECT_EQ(clips_fingerprint(copied), clips);
}

}  // namespace
}  // namespace sermo::data
