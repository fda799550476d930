#include "sermo/model/svm/svm_core.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include "sermo/model/svm/pairwise_coupling.h"

namespace sermo::model {
namespace {

// Three classes, two features, four support vectors.
SvmOptions options() {
  return {.num_labels = 3,
          .gamma = 0.25,
          .support_vectors = Matrix({0, 0, 1, 2, -1, 3, 2, -2}, 4, 2),
          .coefficients = Matrix({1, 0.5f, 0, -1, 0, 0.25f, 0, -0.5f, -1, 0.75f, 0, 0.75f}, 4, 3),
          .offsets = {0.1, -0.2, 0.3},
          .slopes = {-2.0, -1.0, -3.0},
          .intercepts = {0.05, 0.0, -0.1}};
}

TEST(SvmCore, EqualsItsFormulas) {
  const SvmOptions svm = options();
  const auto core = SvmCore::create(svm).value();
  const Matrix rows({0.5f, 0.5f, 3.0f, -1.0f, -40.0f, 7.0f}, 3, 2);
  Matrix decisions;
  Matrix probabilities;
  core->decision_values(rows, decisions);
  core->predict_proba(rows, probabilities);
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    std::vector<double> pairwise;
    for (size_t p = 0; p < 3; ++p) {
      double f = -svm.offsets[p];
      for (size_t m = 0; m < 4; ++m) {
        const double dx = rows(r, 0) - svm.support_vectors(m, 0);
        const double dy = rows(r, 1) - svm.support_vectors(m, 1);
        f += svm.coefficients(m, p) * std::exp(-svm.gamma * (dx * dx + dy * dy));
      }
      EXPECT_NEAR(decisions(r, p), f, 1e-6);
      pairwise.push_back(1.0 / (1.0 + std::exp(svm.slopes[p] * f + svm.intercepts[p])));
    }
    std::vector<double> expected(3);
    PairwiseCoupling(3).solve(pairwise, expected);
    for (size_t k = 0; k < 3; ++k) EXPECT_NEAR(probabilities(r, k), expected[k], 1e-7);
  }
}

TEST(SvmCore, ARowsAnswerDoesNotDependOnItsNeighboursInTheBatch) {
  const auto core = SvmCore::create(options()).value();
  const Matrix rows({0.5f, 0.5f, 3.0f, -1.0f, -4.0f, 7.0f}, 3, 2);
  Matrix together;
  core->predict_proba(rows, together);
  for (size_t r = 0; r < 3; ++r) {
    Matrix alone;
    core->predict_proba(MatrixView::row_vector(rows.row(r)), alone);
    for (size_t k = 0; k < 3; ++k) EXPECT_EQ(alone(0, k), together(r, k));
  }
}

TEST(SvmCore, DecisionsBeyondExpStayProbabilities) {
  SvmOptions svm = options();
  svm.slopes = {-1e6, 1e6, -1e300};
  const auto core = SvmCore::create(std::move(svm)).value();
  Matrix probabilities;
  core->predict_proba(Matrix({0.5f, 0.5f}, 1, 2), probabilities);
  float sum = 0.0f;
  for (const float p : probabilities.row(0)) {
    EXPECT_TRUE(std::isfinite(p));
    sum += p;
  }
  EXPECT_NEAR(sum, 1.0f, 1e-6f);
}

TEST(SvmCore, GivesBackWhatItWasMadeOf) {
  const SvmOptions back = SvmCore::create(options()).value()->options();
  EXPECT_EQ(back.gamma, options().gamma);
  EXPECT_EQ(back.offsets, options().offsets);
  for (size_t i = 0; i < 8; ++i)
    EXPECT_EQ(back.support_vectors.values()[i], options().support_vectors.values()[i]);
}

TEST(SvmCore, RefusesWhatCannotBe) {
  const auto refused = [](const auto& spoil) {
    SvmOptions svm = options();
    spoil(svm);
    const auto core = SvmCore::create(std::move(svm));
    return !core && core.error().code == ErrorCode::kCorrupt;
  };
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.num_labels = 1; }));
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.num_labels = 4; }));
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.gamma = 0.0; }));
  EXPECT_TRUE(refused([&](SvmOptions& svm) { svm.gamma = nan; }));
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.support_vectors = Matrix(0, 2); }));
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.coefficients = Matrix(3, 3); }));
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.offsets.pop_back(); }));
  EXPECT_TRUE(refused([](SvmOptions& svm) { svm.slopes.push_back(0.0); }));
  EXPECT_TRUE(refused([&](SvmOptions& svm) { svm.intercepts[1] = nan; }));
  EXPECT_TRUE(
      refused([&](SvmOptions& svm) { svm.support_vectors(1, 1) = static_cast<float>(nan); }));
  EXPECT_TRUE(refused([&](SvmOptions& svm) { svm.coefficients(3, 2) = static_cast<float>(nan); }));
}

}  // namespace
}  // namespace sermo::model
