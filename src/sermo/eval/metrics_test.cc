#include "sermo/eval/metrics.h"

#include <gtest/gtest.h>

#include "metrics_golden.h"

namespace sermo::eval {
namespace {

using Golden = testing::MetricsGolden;

constexpr double kRounding = 1e-12;  // both sides count; only the divisions round

TEST(Metrics, CountsAndScoresEqualScikitLearn) {
  const Golden golden;
  const ConfusionMatrix confusion = confusion_of(golden.probabilities, golden.truth);
  const auto& want = golden.json;
  ASSERT_EQ(confusion.num_classes(), 5u);
  for (size_t k = 0; k < 5; ++k) {
    for (size_t j = 0; j < 5; ++j)
      EXPECT_EQ(confusion.count(k, j), want["confusion"][k][j].get<size_t>());
    EXPECT_NEAR(confusion.precision(k), want["precision"][k].get<double>(), kRounding);
    EXPECT_NEAR(confusion.recall(k), want["recall"][k].get<double>(), kRounding);
    EXPECT_NEAR(confusion.f1(k), want["f1"][k].get<double>(), kRounding);
  }
  EXPECT_NEAR(confusion.accuracy(), want["accuracy"].get<double>(), kRounding);
  EXPECT_NEAR(confusion.unweighted_average_recall(), want["uar"].get<double>(), kRounding);
  EXPECT_NEAR(confusion.macro_f1(), want["macro_f1"].get<double>(), kRounding);
}

TEST(Metrics, LogLossEqualsScikitLearn) {
  const Golden golden;
  // float32 rows sum to 1 within 1e-7, which scikit-learn was given normalised.
  EXPECT_NEAR(log_loss(golden.probabilities, golden.truth), golden.json["log_loss"].get<double>(),
              1e-6);
}

TEST(Metrics, CalibrationErrorEqualsItsDefinition) {
  const Golden golden;
  EXPECT_NEAR(expected_calibration_error(golden.probabilities, golden.truth),
              golden.json["ece"].get<double>(), 1e-9);
}

TEST(Metrics, BrierScoreEqualsScikitLearn) {
  const Golden golden;
  EXPECT_NEAR(brier_score(golden.probabilities, golden.truth), golden.json["brier"].get<double>(),
              1e-6);  // as log loss
}

TEST(Metrics, ReliabilityBinsEqualTheirDefinition) {
  const Golden golden;
  const std::vector<ReliabilityBin> bins = reliability_bins(golden.probabilities, golden.truth);
  ASSERT_EQ(bins.size(), golden.json["reliability"].size());
  for (size_t b = 0; b < bins.size(); ++b) {
    const auto& want = golden.json["reliability"][b];
    EXPECT_EQ(bins[b].num_clips, want[0].get<size_t>()) << b;
    EXPECT_NEAR(bins[b].confidence, want[1].get<double>(), kRounding) << b;
    EXPECT_NEAR(bins[b].accuracy, want[2].get<double>(), kRounding) << b;
  }
}

TEST(Metrics, SureAndRightIsPerfectlyCalibratedSureAndWrongTheOpposite) {
  const Matrix sure({1.0f, 0.0f, 1.0f, 0.0f}, 2, 2);
  EXPECT_EQ(expected_calibration_error(sure, std::vector<int>{0, 0}), 0.0);
  EXPECT_EQ(expected_calibration_error(sure, std::vector<int>{1, 1}), 1.0);
  EXPECT_EQ(log_loss(sure, std::vector<int>{0, 0}), 0.0);
  EXPECT_EQ(brier_score(sure, std::vector<int>{0, 0}), 0.0);
  EXPECT_EQ(brier_score(sure, std::vector<int>{1, 1}), 2.0);
  EXPECT_NEAR(log_loss(sure, std::vector<int>{1, 1}), -std::log(1e-15), 1e-9);
}

TEST(Metrics, NothingScoresZero) {
  const ConfusionMatrix empty(3);
  EXPECT_EQ(empty.accuracy(), 0.0);
  EXPECT_EQ(empty.unweighted_average_recall(), 0.0);
  EXPECT_EQ(empty.macro_f1(), 0.0);
}

}  // namespace
}  // namespace sermo::eval
