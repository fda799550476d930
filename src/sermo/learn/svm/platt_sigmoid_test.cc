#include "sermo/learn/svm/platt_sigmoid.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "sklearn_goldens.h"

namespace sermo::learn {
namespace {

TEST(PlattSigmoid, EqualsScikitLearnsCalibration) {
  const testing::SklearnGoldens goldens("platt");
  for (int i = 0; i < 5; ++i) {
    const std::vector<double> decisions = goldens.doubles("decisions_" + std::to_string(i));
    const std::vector<int> truths = goldens.ints("truths_" + std::to_string(i));
    const std::vector<double> expected = goldens.doubles("sigmoid_" + std::to_string(i));
    const PlattSigmoid sigmoid =
        fit_platt_sigmoid(decisions, std::vector<bool>(truths.begin(), truths.end()));
    // Both stop where the gradient is about 1e-5.
    EXPECT_NEAR(sigmoid.slope, expected[0], 1e-5 * (1.0 + std::abs(expected[0]))) << i;
    EXPECT_NEAR(sigmoid.intercept, expected[1], 1e-5 * (1.0 + std::abs(expected[1]))) << i;
  }
}

TEST(PlattSigmoid, EndsWithFiniteNumbersWhateverItSees) {
  // Perfectly separated, all of one kind, all equal, far out, nothing at all.
  const std::vector<std::pair<std::vector<double>, std::vector<bool>>> cases = {
      {{-1.0, -2.0, 1.0, 2.0}, {false, false, true, true}},
      {{0.3, 0.4, 0.5}, {true, true, true}},
      {{1.0, 1.0, 1.0, 1.0}, {true, false, true, false}},
      {{1e8, -1e8, 2e8}, {true, false, true}},
      {{}, {}},
  };
  for (const auto& [decisions, truths] : cases) {
    const PlattSigmoid sigmoid = fit_platt_sigmoid(decisions, truths);
    EXPECT_TRUE(std::isfinite(sigmoid.slope));
    EXPECT_TRUE(std::isfinite(sigmoid.intercept));
  }
  const PlattSigmoid separated = fit_platt_sigmoid(cases[0].first, cases[0].second);
  EXPECT_LT(separated.slope, 0.0);
  const PlattSigmoid nothing = fit_platt_sigmoid({}, {});
  EXPECT_EQ(nothing.slope, 0.0);
  EXPECT_EQ(nothing.intercept, 0.0);
}

}  // namespace
}  // namespace sermo::learn
