#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "discriminant_goldens.h"
#include "sermo/model/kernel_ridge/kernel_ridge_core.h"

namespace sermo::learn {
namespace {

using testing::DiscriminantGolden;

void expect_scores(const std::string& table) {
  SCOPED_TRACE(table);
  const DiscriminantGolden golden(table);
  const std::shared_ptr<const model::Classifier> classifier =
      KernelRidgeLearner::create({.components = 0}).value()->fit(golden.request()).value();
  const auto& pipeline = dynamic_cast<const model::Pipeline&>(*classifier);
  const auto& core = dynamic_cast<const model::KernelRidgeCore&>(*pipeline.shared_core());
  Matrix scaled;
  pipeline.scaler().apply(golden.test.features, scaled);
  Matrix probabilities;
  pipeline.predict_proba(golden.test.features, probabilities);
  const std::vector<double> want = golden.scores("kernel_ridge");
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    const std::vector<double> got = core.scores(scaled.row(r));
    double total = 0;
    for (size_t k = 0; k < 8; ++k) total += std::exp(6.0 * want[r * 8 + k]);
    for (size_t k = 0; k < 8; ++k) {
      ASSERT_NEAR(got[k], want[r * 8 + k], 1e-6) << r << " " << k;
      ASSERT_NEAR(probabilities(r, k), std::exp(6.0 * want[r * 8 + k]) / total, 1e-5);
    }
  }
}

TEST(KernelRidge, ScoresAreThoseOfTheReference) {
  expect_scores("tall");
  expect_scores("wide");
}

Matrix probabilities_of(const DiscriminantGolden& golden, const KernelRidgeOptions& options) {
  Matrix out;
  KernelRidgeLearner::create(options).value()->fit(golden.request()).value()->predict_proba(
      golden.test.features, out);
  return out;
}

double largest_difference(const Matrix& a, const Matrix& b) {
  double largest = 0.0;
  for (size_t i = 0; i < a.values().size(); ++i)
    largest = std::max(largest, std::abs(double{a.values()[i]} - double{b.values()[i]}));
  return largest;
}

// The more components, the nearer to what every feature says.
TEST(KernelRidge, WithinNearlyAllComponentsScoresAreThoseOfEveryFeature) {
  const DiscriminantGolden golden("tall");
  const size_t num_features = golden.train.features.num_cols();
  const Matrix all = probabilities_of(golden, {.components = 0});
  const double but_one =
      largest_difference(all, probabilities_of(golden, {.components = num_features - 1}));
  const double half =
      largest_difference(all, probabilities_of(golden, {.components = num_features / 2}));
  EXPECT_EQ(largest_difference(all, probabilities_of(golden, {.components = num_features})), 0.0);
  EXPECT_GT(but_one, 0.0);
  EXPECT_LT(but_one, 0.05);
  EXPECT_LT(but_one, half);
  EXPECT_LT(half, 0.5);
}

TEST(KernelRidge, LearnsFromAsManyRowsAsAllowed) {
  const DiscriminantGolden golden("tall");
  const size_t num_rows = golden.train.labels.size();
  const auto classifier =
      KernelRidgeLearner::create({.max_rows = num_rows - 1}).value()->fit(golden.request()).value();
  const auto& pipeline = dynamic_cast<const model::Pipeline&>(*classifier);
  const auto& core = dynamic_cast<const model::KernelRidgeCore&>(*pipeline.shared_core());
  EXPECT_EQ(core.options().rows.num_rows(), num_rows - 1);
  const double off = largest_difference(
      probabilities_of(golden, {}), probabilities_of(golden, {.max_rows = num_rows - 1}));
  EXPECT_GT(off, 0.0);
  EXPECT_LT(off, 0.1);
}

// Twice the rows and twice the ridge are the same function.
TEST(KernelRidge, RepeatedRowsDoNoHarm) {
  const DiscriminantGolden golden("tall");
  std::vector<size_t> twice;
  for (size_t r = 0; r < golden.train.labels.size(); ++r) twice.insert(twice.end(), 2, r);
  const testing::LabelledRows rows =
      testing::rows_at(golden.train.features, golden.train.labels, twice);
  FitRequest request = golden.request();
  request.train = {rows.features, rows.labels, {}};
  Matrix of_twice;
  KernelRidgeLearner::create({.ridge = 0.2}).value()->fit(request).value()->predict_proba(
      golden.test.features, of_twice);
  EXPECT_LT(largest_difference(of_twice, probabilities_of(golden, {.ridge = 0.1})), 1e-4);
}

TEST(KernelRidge, RefusesWhatCannotBe) {
  EXPECT_EQ(KernelRidgeLearner::create({.max_rows = 0}).error().code, ErrorCode::kUsage);
  for (double bad : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(KernelRidgeLearner::create({.ridge = bad}).error().code, ErrorCode::kUsage);
    EXPECT_EQ(KernelRidgeLearner::create({.gamma = bad}).error().code, ErrorCode::kUsage);
    EXPECT_EQ(KernelRidgeLearner::create({.sharpness = bad}).error().code, ErrorCode::kUsage);
  }
  EXPECT_EQ(KernelRidgeLearner::create({.clip = -1.0f}).error().code, ErrorCode::kUsage);
}

TEST(KernelRidge, StopsWhenTold) {
  const DiscriminantGolden golden("tall");
  FitRequest request = golden.request();
  std::stop_source stop;
  stop.request_stop();
  request.cancel = stop.get_token();
  EXPECT_EQ(KernelRidgeLearner::create().value()->fit(request).error().code, ErrorCode::kCancelled);
}

TEST(KernelRidgeCore, RefusesWhatCannotBe) {
  const auto code_of = [](const model::KernelRidgeOptions& options) {
    return model::KernelRidgeCore::create(options).error().code;
  };
  const model::KernelRidgeOptions good{.num_labels = 2,
                                       .gamma = 0.5,
                                       .sharpness = 1.0,
                                       .clip = 2.0f,
                                       .projection = Matrix(),
                                       .rows = Matrix({0.0f, 1.0f}, 2, 1),
                                       .coefficients = {1, 0, 0, 1}};
  ASSERT_TRUE(model::KernelRidgeCore::create(good).has_value());
  for (const auto& spoil : std::vector<void (*)(model::KernelRidgeOptions&)>{
           [](auto& o) { o.num_labels = 1; }, [](auto& o) { o.gamma = 0.0; },
           [](auto& o) { o.sharpness = -1.0; }, [](auto& o) { o.clip = -0.5f; },
           [](auto& o) { o.rows = Matrix(); }, [](auto& o) { o.coefficients.pop_back(); },
           [](auto& o) { o.coefficients[2] = std::nan(""); },
           [](auto& o) { o.rows(1, 0) = std::nanf(""); },
           [](auto& o) { o.projection = Matrix(1, 2); },
           [](auto& o) { o.projection = Matrix({std::nanf("")}, 1, 1); }}) {
    model::KernelRidgeOptions bad = good;
    spoil(bad);
    EXPECT_EQ(code_of(bad), ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace sermo::learn
