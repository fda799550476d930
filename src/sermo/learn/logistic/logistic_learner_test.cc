#include "sermo/learn/logistic/logistic_learner.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "sermo/learn/logistic/lbfgs.h"
#include "sklearn_goldens.h"

namespace sermo::learn {
namespace {

using testing::SklearnGoldens;
using testing::SmallTable;

Matrix answers(ClassWeight class_weight) {
  const SmallTable table = testing::small_table();
  FitRequest request;
  request.train = {table.train.features, table.train.labels, {}};
  request.signature = {"small", 20, {"a", "b", "c", "d"}};
  request.class_weight = class_weight;
  const auto classifier = LogisticLearner::create().value()->fit(request).value();
  Matrix probabilities;
  classifier->predict_proba(table.test.features, probabilities);
  return probabilities;
}

void expect_close(const Matrix& got, const Matrix& want) {
  ASSERT_EQ(got.values().size(), want.values().size());
  // Both minimise the same convex function; what is left is float32 weights and two tolerances.
  for (size_t i = 0; i < got.values().size(); ++i)
    ASSERT_NEAR(got.values()[i], want.values()[i], 1e-5f) << i;
}

TEST(Logistic, AnswersAsScikitLearn) {
  expect_close(answers(ClassWeight::kNone),
               SklearnGoldens("logistic").matrix("plain_probabilities"));
}

TEST(Logistic, ClassWeightsAnswerAsScikitLearn) {
  expect_close(answers(ClassWeight::kBalanced),
               SklearnGoldens("logistic").matrix("balanced_probabilities"));
}

TEST(Logistic, ImpossiblePenaltiesAreRefused) {
  for (double c : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(LogisticLearner::create({.inverse_penalty = c}).error().code, ErrorCode::kUsage);
  }
}

TEST(Lbfgs, FindsTheMinimumOfAStretchedBowlAndOfRosenbrocksValley) {
  const auto always = [] { return true; };
  const LbfgsResult bowl = minimise(
      {5.0, -3.0, 2.0},
      [](std::span<const double> x, std::span<double> gradient) {
        double value = 0.0;
        double stretch = 1.0;
        for (size_t i = 0; i < 3; ++i, stretch *= 1000.0) {
          const double d = x[i] - static_cast<double>(i);
          value += stretch * d * d;
          gradient[i] = 2.0 * stretch * d;
        }
        return value;
      },
      always);
  EXPECT_TRUE(bowl.converged);
  for (size_t i = 0; i < 3; ++i) EXPECT_NEAR(bowl.x[i], static_cast<double>(i), 1e-6);
  const LbfgsResult valley = minimise(
      {-1.2, 1.0},
      [](std::span<const double> x, std::span<double> gradient) {
        const double a = 1.0 - x[0];
        const double b = x[1] - x[0] * x[0];
        gradient[0] = -2.0 * a - 400.0 * x[0] * b;
        gradient[1] = 200.0 * b;
        return a * a + 100.0 * b * b;
      },
      always);
  EXPECT_NEAR(valley.x[0], 1.0, 1e-5);
  EXPECT_NEAR(valley.x[1], 1.0, 1e-5);
}

TEST(Lbfgs, StopsWhenTold) {
  size_t num_asked = 0;
  const LbfgsResult result = minimise(
      {1.0},
      [](std::span<const double> x, std::span<double> gradient) {
        gradient[0] = std::tanh(x[0]) * 1e-3;
        return std::log(std::cosh(x[0])) * 1e-3;
      },
      [&] { return ++num_asked < 3; });
  EXPECT_FALSE(result.converged);
  EXPECT_LE(result.num_iterations, 2u);
}

}  // namespace
}  // namespace sermo::learn
