#include "sermo/eval/resampling.h"

#include <gtest/gtest.h>

#include "metrics_golden.h"

namespace sermo::eval {
namespace {

constexpr double kRounding = 1e-9;

struct TwoModels {
  testing::MetricsGolden golden;
  std::vector<ConfusionMatrix> first;
  std::vector<ConfusionMatrix> second;

  TwoModels() {
    const auto speakers = golden.json.at("speakers").get<std::vector<int>>();
    const auto other = golden.json.at("other").get<std::vector<size_t>>();
    Matrix replaced(other.size(), golden.probabilities.num_cols());
    for (size_t r = 0; r < other.size(); ++r) replaced(r, other[r]) = 1.0f;
    first = confusion_by_speaker(golden.probabilities, golden.truth, speakers);
    second = confusion_by_speaker(replaced, golden.truth, speakers);
  }
};

TEST(Resampling, IntervalEqualsNumpys) {
  const TwoModels models;
  ASSERT_EQ(models.first.size(), 8u);
  const Interval interval = uar_interval(models.first, 5, 200).value();
  EXPECT_NEAR(interval.low, models.golden.json["interval"][0].get<double>(), kRounding);
  EXPECT_NEAR(interval.high, models.golden.json["interval"][1].get<double>(), kRounding);
}

TEST(Resampling, PairedTestEqualsScipys) {
  const TwoModels models;
  const PairedTest test = compare_paired(models.first, models.second, 5, 200).value();
  const auto& want = models.golden.json;
  EXPECT_NEAR(test.difference, want["difference"].get<double>(), kRounding);
  EXPECT_NEAR(test.interval.low, want["difference_interval"][0].get<double>(), kRounding);
  EXPECT_NEAR(test.interval.high, want["difference_interval"][1].get<double>(), kRounding);
  EXPECT_NEAR(test.p_value, want["p_value"].get<double>(), kRounding);
}

// Speakers with four clips each, of which a model answers `num_right` right.
std::vector<ConfusionMatrix> speakers_with(size_t num_speakers, size_t num_right) {
  ConfusionMatrix one(2);
  for (size_t clip = 0; clip < 4; ++clip)
    one.add(clip % 2, clip < num_right ? clip % 2 : 1 - clip % 2);
  return std::vector<ConfusionMatrix>(num_speakers, one);
}

TEST(Resampling, AModelThatIsBetterForEverySpeakerIsBetterBeyondChance) {
  const PairedTest few = compare_paired(speakers_with(10, 4), speakers_with(10, 2), 1).value();
  EXPECT_DOUBLE_EQ(few.p_value, 2.0 / 1024.0) << "all signs equal: two of 2^10 patterns";
  EXPECT_GT(few.interval.low, 0.0);
  const PairedTest many = compare_paired(speakers_with(40, 4), speakers_with(40, 2), 1).value();
  EXPECT_DOUBLE_EQ(many.p_value, 1e-5) << "none of the random patterns, only the observed one";
}

TEST(Resampling, AModelDoesNotDifferFromItself) {
  const TwoModels models;
  const PairedTest test = compare_paired(models.first, models.first, 5).value();
  EXPECT_EQ(test.difference, 0.0);
  EXPECT_EQ(test.p_value, 1.0);
}

TEST(Resampling, OneSpeakerOrNoneGivesNoInterval) {
  EXPECT_FALSE(uar_interval(speakers_with(1, 3), 1));
  EXPECT_FALSE(uar_interval({}, 1));
  EXPECT_FALSE(compare_paired(speakers_with(1, 3), speakers_with(1, 2), 1));
  EXPECT_TRUE(
      confusion_by_speaker(Matrix(2, 2), std::vector<int>{0, 1}, std::vector<int>{-1, -1}).empty());
}

}  // namespace
}  // namespace sermo::eval
