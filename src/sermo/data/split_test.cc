#include "sermo/data/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo::data {
namespace {

// Written by tools/golden/make_split_goldens.py with scikit-learn 1.9.1.
const NpzArchive& goldens() {
  static const NpzArchive archive = read_npz(testing::test_data() / "split.npz").value();
  return archive;
}

std::vector<int> golden(const std::string& name) {
  return to_ints(*goldens().find(name).value()).value();
}

std::vector<int> as_ints(const std::vector<size_t>& values) {
  return {values.begin(), values.end()};
}

// The parts of `name` between underscores.
std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts(1);
  for (const char c : name) {
    if (c == '_')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

TEST(StratifiedSplit, EqualsScikitLearnsRowForRow) {
  size_t num_compared = 0;
  for (const NamedArray& named : goldens().arrays()) {
    const std::vector<std::string> parts = parts_of(named.name);
    if (parts[1] != "split" || parts[4] != "train") continue;
    const std::string key = named.name.substr(0, named.name.size() - 5);
    const Result<Split> split = stratified_split(golden(parts[0] + "_labels"), std::stod(parts[2]),
                                                 static_cast<uint32_t>(std::stoul(parts[3])));
    ASSERT_TRUE(split) << named.name << ": " << split.error().message;
    EXPECT_EQ(as_ints(split->train), golden(key + "train")) << key;
    EXPECT_EQ(as_ints(split->test), golden(key + "test")) << key;
    ++num_compared;
  }
  EXPECT_EQ(num_compared, 34U);
}

TEST(StratifiedFolds, EqualScikitLearnsRowForRow) {
  size_t num_compared = 0;
  for (const NamedArray& named : goldens().arrays()) {
    const std::vector<std::string> parts = parts_of(named.name);
    if (parts[1] != "folds") continue;
    const auto seed = parts[3] == "none"
                          ? std::nullopt
                          : std::optional(static_cast<uint32_t>(std::stoul(parts[3])));
    const Result<std::vector<size_t>> folds =
        stratified_folds(golden(parts[0] + "_labels"), std::stoul(parts[2]), seed);
    ASSERT_TRUE(folds) << named.name << ": " << folds.error().message;
    EXPECT_EQ(as_ints(*folds), golden(named.name)) << named.name;
    ++num_compared;
  }
  EXPECT_EQ(num_compared, 70U);
}

TEST(StratifiedSplit, TheOriginalsSplitOfRavdessHas1152And288Rows) {
  const std::vector<int> labels = golden("ravdess_labels");
  const Split split = stratified_split(labels, 0.2, 42).value();
  EXPECT_EQ(split.train.size(), 1152U);
  EXPECT_EQ(split.test.size(), 288U);
  std::vector<size_t> all = split.train;
  all.insert(all.end(), split.test.begin(), split.test.end());
  std::sort(all.begin(), all.end());
  std::vector<size_t> rows(1440);
  std::iota(rows.begin(), rows.end(), size_t{0});
  EXPECT_EQ(all, rows);
  std::vector<int> num_tested(8);
  for (const size_t row : split.test) ++num_tested[static_cast<size_t>(labels[row])];
  std::sort(num_tested.begin(), num_tested.end());
  EXPECT_EQ(num_tested.front(), 19);  // neutral, of which there are half as many
  EXPECT_LE(num_tested.back() - num_tested[1], 1);
}

TEST(StratifiedFolds, SplitOfFoldHoldsEveryRowOnce) {
  const std::vector<size_t> fold_of_row = {1, 0, 2, 0, 1};
  const Split split = split_of_fold(fold_of_row, 0);
  EXPECT_EQ(split.test, (std::vector<size_t>{1, 3}));
  EXPECT_EQ(split.train, (std::vector<size_t>{0, 2, 4}));
}

// What scikit-learn raises a ValueError for.
TEST(StratifiedSplit, TooFewRowsAreRefusedWithNumbers) {
  const auto code = [](std::vector<int> labels, double fraction) {
    return stratified_split(labels, fraction, 42).error().code;
  };
  EXPECT_EQ(code({0, 0, 1, 1}, 0.0), ErrorCode::kUsage);
  EXPECT_EQ(code({0, 0, 1, 1}, 1.0), ErrorCode::kUsage);
  EXPECT_EQ(code({0, 0, 1, 1}, std::numeric_limits<double>::quiet_NaN()), ErrorCode::kUsage);
  EXPECT_EQ(code({}, 0.2), ErrorCode::kTooShort);
  EXPECT_EQ(code({0, 0, 0, 1}, 0.5), ErrorCode::kTooShort);
  EXPECT_EQ(code({0, 0, 1, 1}, 0.2), ErrorCode::kTooShort);  // one test row for two classes
  EXPECT_EQ(stratified_split(std::vector<int>{4, 4, 7}, 0.4, 1).error().message,
            "class 7 has 1 row, wanted at least 2 to split");
  // One class alone can be split.
  EXPECT_EQ(stratified_split(std::vector<int>{0, 0, 0}, 0.3, 1).value().test.size(), 1U);
}

TEST(StratifiedFolds, TooFewRowsAreRefusedWithNumbers) {
  const auto code = [](std::vector<int> labels, size_t num_folds) {
    return stratified_folds(labels, num_folds, 42).error().code;
  };
  EXPECT_EQ(code({0, 1}, 1), ErrorCode::kUsage);
  EXPECT_EQ(code({0, 1}, 3), ErrorCode::kTooShort);
  EXPECT_EQ(code({0, 0, 1, 1}, 3), ErrorCode::kTooShort);
  EXPECT_TRUE(stratified_folds(std::vector<int>{0, 0, 0, 1}, 3, 42));
}

}  // namespace
}  // namespace sermo::data
