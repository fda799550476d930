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
      KernelRidgeLearner::create().value()->fit(golden.request()).value();
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

// Around all rows but one the least sum of squares is nearly that around all of them.
TEST(KernelRidge, AroundFewerCentresScoresAreNearThoseAroundAll) {
  const DiscriminantGolden golden("tall");
  const size_t num_rows = golden.train.labels.size();
  const auto probabilities = [&](size_t max_centres) {
    const KernelRidgeOptions options{.max_centres = max_centres};
    const auto classifier = KernelRidgeLearner::create(options).value()->fit(golden.request());
    Matrix out;
    classifier.value()->predict_proba(golden.test.features, out);
    return out;
  };
  const Matrix all = probabilities(num_rows);
  const Matrix but_one = probabilities(num_rows - 1);
  const Matrix half = probabilities(num_rows / 2);
  double off_but_one = 0.0;
  double off_half = 0.0;
  for (size_t i = 0; i < all.values().size(); ++i) {
    off_but_one = std::max(off_but_one, std::abs(double{all.values()[i]} - but_one.values()[i]));
    off_half = std::max(off_half, std::abs(double{all.values()[i]} - half.values()[i]));
  }
  EXPECT_LT(off_but_one, 0.02);
  EXPECT_GT(off_but_one, 0.0);
  EXPECT_LT(off_half, 0.2);
}

TEST(KernelRidge, EqualCentresDoNoHarm) {
  const DiscriminantGolden golden("tall");
  std::vector<size_t> twice;
  for (size_t r = 0; r < golden.train.labels.size(); ++r) twice.insert(twice.end(), 2, r);
  const testing::LabelledRows rows =
      testing::rows_at(golden.train.features, golden.train.labels, twice);
  FitRequest request = golden.request();
  const auto fit = [&](const Examples& train, size_t max_centres) {
    request.train = train;
    Matrix out;
    const KernelRidgeOptions options{.ridge = 0.2, .max_centres = max_centres};
    KernelRidgeLearner::create(options).value()->fit(request).value()->predict_proba(
        golden.test.features, out);
    return out;
  };
  const Matrix exact = fit({rows.features, rows.labels, {}}, twice.size());
  const Matrix around = fit({rows.features, rows.labels, {}}, twice.size() - 1);
  for (size_t i = 0; i < exact.values().size(); ++i)
    EXPECT_NEAR(exact.values()[i], around.values()[i], 0.01f) << i;
}

TEST(KernelRidge, RefusesWhatCannotBe) {
  EXPECT_EQ(KernelRidgeLearner::create({.max_centres = 0}).error().code, ErrorCode::kUsage);
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
                                       .rows = Matrix({0.0f, 1.0f}, 2, 1),
                                       .coefficients = {1, 0, 0, 1}};
  ASSERT_TRUE(model::KernelRidgeCore::create(good).has_value());
  for (const auto& spoil : std::vector<void (*)(model::KernelRidgeOptions&)>{
           [](auto& o) { o.num_labels = 1; }, [](auto& o) { o.gamma = 0.0; },
           [](auto& o) { o.sharpness = -1.0; }, [](auto& o) { o.clip = -0.5f; },
           [](auto& o) { o.rows = Matrix(); }, [](auto& o) { o.coefficients.pop_back(); },
           [](auto& o) { o.coefficients[2] = std::nan(""); },
           [](auto& o) { o.rows(1, 0) = std::nanf(""); }}) {
    model::KernelRidgeOptions bad = good;
    spoil(bad);
    EXPECT_EQ(code_of(bad), ErrorCode::kCorrupt);
  }
}

}  // namespace
}  // namespace sermo::learn
