#include "sermo/eval/calibration.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sermo/eval/metrics.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {
namespace {

struct Predictions {
  Matrix probabilities;
  std::vector<int> truth;
};

// Rows whose truth is drawn from softmax(logits), answered with softmax(logits / overconfidence).
Predictions draw(size_t num_rows, double temperature_to_find, unsigned seed) {
  std::mt19937 rng(seed);
  std::normal_distribution<double> logit(0.0, 1.5);
  std::uniform_real_distribution<double> uniform(0.0, 1.0);
  constexpr size_t kClasses = 4;
  Predictions drawn{Matrix(num_rows, kClasses), std::vector<int>(num_rows)};
  for (size_t r = 0; r < num_rows; ++r) {
    double logits[kClasses];
    double sum_true = 0.0;
    double sum_said = 0.0;
    for (double& l : logits) {
      l = logit(rng);
      sum_true += std::exp(l);
      sum_said += std::exp(l * temperature_to_find);
    }
    double left = uniform(rng) * sum_true;
    size_t k = 0;
    while (k + 1 < kClasses && (left -= std::exp(logits[k])) > 0.0) ++k;
    drawn.truth[r] = static_cast<int>(k);
    for (size_t j = 0; j < kClasses; ++j) {
      drawn.probabilities(r, j) =
          static_cast<float>(std::exp(logits[j] * temperature_to_find) / sum_said);
    }
  }
  return drawn;
}

TEST(Calibration, FindsThePlantedTemperature) {
  for (double planted : {0.5, 1.0, 3.0}) {
    const Predictions drawn = draw(4000, planted, 1);
    const model::Calibrator found = fit_calibrator(drawn.probabilities, drawn.truth);
    EXPECT_NEAR(found.temperature, planted, 0.12 * planted);  // 4000 draws: a few percent
    EXPECT_LE(found.smoothing, 0.003);
  }
}

TEST(Calibration, LowersCalibrationErrorOnFreshDraws) {
  const Predictions fitted_on = draw(2000, 3.0, 2);
  Predictions fresh = draw(2000, 3.0, 3);
  const double before = expected_calibration_error(fresh.probabilities, fresh.truth);
  fit_calibrator(fitted_on.probabilities, fitted_on.truth).apply(fresh.probabilities);
  EXPECT_GT(before, 0.10);
  EXPECT_LT(expected_calibration_error(fresh.probabilities, fresh.truth), 0.05);
}

TEST(Calibration, AVoteThatIsUnanimousAndOftenWrongIsNoLongerCertain) {
  Predictions votes{Matrix(200, 3), std::vector<int>(200)};
  for (size_t r = 0; r < 200; ++r) {
    votes.probabilities(r, 0) = 1.0f;
    votes.truth[r] = r % 5 == 0 ? 1 : 0;  // right four times in five
  }
  const model::Calibrator found = fit_calibrator(votes.probabilities, votes.truth);
  EXPECT_GT(found.smoothing, 0.0);
  found.apply(votes.probabilities);
  EXPECT_NEAR(votes.probabilities(0, 0), 0.8f, 0.03f);
}

TEST(Calibration, KeepsTheLabelAndSumsToOne) {
  Predictions drawn = draw(300, 2.0, 4);
  std::vector<size_t> labels;
  for (size_t r = 0; r < 300; ++r) labels.push_back(model::argmax(drawn.probabilities.row(r)));
  model::Calibrator{2.5, 0.01}.apply(drawn.probabilities);
  for (size_t r = 0; r < 300; ++r) {
    EXPECT_EQ(model::argmax(drawn.probabilities.row(r)), labels[r]);
    float sum = 0.0f;
    for (float p : drawn.probabilities.row(r)) sum += p;
    EXPECT_NEAR(sum, 1.0f, 1e-6f);
  }
}

TEST(Calibration, NothingGivesTheIdentityAndNoThreshold) {
  EXPECT_TRUE(fit_calibrator(Matrix(0, 3), {}).is_identity());
  EXPECT_FALSE(certainty_threshold(Matrix(0, 3), {}).has_value());
}

TEST(Calibration, ThresholdIsTheLowestThatKeepsItsPromise) {
  // Confidence falls from 0.99; the first 40 are right, then every second one.
  Predictions p{Matrix(100, 2), std::vector<int>(100)};
  for (size_t r = 0; r < 100; ++r) {
    p.probabilities(r, 0) = 0.99f - 0.004f * static_cast<float>(r);
    p.probabilities(r, 1) = 1.0f - p.probabilities(r, 0);
    p.truth[r] = r < 40 || r % 2 == 0 ? 0 : 1;
  }
  const std::optional<double> threshold = certainty_threshold(p.probabilities, p.truth);
  ASSERT_TRUE(threshold.has_value());
  // 40 + m/2 right of 40 + m is three quarters at m = 40, and at m = 41 (odd rows are wrong) once
  // more 61 of 81.
  EXPECT_FLOAT_EQ(static_cast<float>(*threshold), p.probabilities(80, 0));
}

TEST(Calibration, ThresholdNeedsEnoughClips) {
  Predictions p{Matrix(29, 2), std::vector<int>(29, 0)};
  for (size_t r = 0; r < 29; ++r) p.probabilities(r, 0) = 1.0f;
  EXPECT_FALSE(certainty_threshold(p.probabilities, p.truth).has_value());
  const Predictions wrong{Matrix(std::vector<float>(80, 0.5f), 40, 2), std::vector<int>(40, 1)};
  EXPECT_FALSE(certainty_threshold(wrong.probabilities, wrong.truth).has_value());
}

}  // namespace
}  // namespace sermo::eval
