#include "sermo/eval/risk_coverage.h"

#include <gtest/gtest.h>

#include "metrics_golden.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {
namespace {

TEST(RiskCoverage, EqualsItsDefinitionAlsoWhereConfidencesAreEqual) {
  const testing::MetricsGolden golden;
  // The golden's confidences are rounded to tenths, so that many are equal.
  Matrix coarse(golden.truth.size(), golden.probabilities.num_cols());
  for (size_t r = 0; r < golden.truth.size(); ++r) {
    coarse(r, model::argmax(golden.probabilities.row(r))) =
        golden.json["coarse_confidence"][r].get<float>();
  }
  const std::vector<double> risk = risk_coverage_curve(coarse, golden.truth);
  ASSERT_EQ(risk.size(), golden.json["risk_coverage"].size());
  for (size_t n = 0; n < risk.size(); ++n)
    EXPECT_NEAR(risk[n], golden.json["risk_coverage"][n].get<double>(), 1e-12) << n;
  EXPECT_NEAR(area_under(risk), golden.json["aurc"].get<double>(), 1e-12);
  EXPECT_EQ(accuracy_at_coverage(risk, 0.5), 1.0 - risk[29]);
}

TEST(RiskCoverage, AtFullCoverageIsTheErrorRate) {
  const Matrix answers({0.9f, 0.1f, 0.8f, 0.2f, 0.6f, 0.4f}, 3, 2);
  const std::vector<double> risk = risk_coverage_curve(answers, std::vector<int>{0, 0, 1});
  EXPECT_EQ(risk, (std::vector<double>{0.0, 0.0, 1.0 / 3.0}));
  EXPECT_EQ(accuracy_at_coverage(risk, 0.5), 1.0) << "two of three clips, rounded up";
}

TEST(RiskCoverage, NothingIsNeverWrong) {
  EXPECT_TRUE(risk_coverage_curve(Matrix(0, 3), {}).empty());
  EXPECT_EQ(area_under({}), 0.0);
  EXPECT_EQ(accuracy_at_coverage({}, 0.5), 0.0);
}

}  // namespace
}  // namespace sermo::eval
