#include "sermo/learn/lda/lda_learner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "discriminant_goldens.h"
#include "sermo/model/linear/linear_core.h"

namespace sermo::learn {
namespace {

using testing::DiscriminantGolden;

std::shared_ptr<const model::Pipeline> fitted(const LdaOptions& options,
                                              const FitRequest& request) {
  std::shared_ptr<const model::Classifier> classifier =
      LdaLearner::create(options).value()->fit(request).value();
  return std::dynamic_pointer_cast<const model::Pipeline>(classifier);
}

// What the softmax is taken of.
double score(const model::LinearCore& core, std::span<const float> scaled, size_t label) {
  double sum = core.offsets()[label];
  for (size_t c = 0; c < scaled.size(); ++c) {
    const float clipped = std::clamp(scaled[c], -core.clip(), core.clip());
    sum += static_cast<double>(core.weights()(label, c)) * static_cast<double>(clipped);
  }
  return sum;
}

void expect_scores(const std::string& table, const LdaOptions& options) {
  SCOPED_TRACE(table + " " + options.name);
  const DiscriminantGolden golden(table);
  const auto pipeline = fitted(options, golden.request());
  const auto& core = dynamic_cast<const model::LinearCore&>(*pipeline->shared_core());
  Matrix scaled;
  pipeline->scaler().apply(golden.test.features, scaled);
  const std::vector<double> want = golden.scores(options.name);
  Matrix probabilities;
  pipeline->predict_proba(golden.test.features, probabilities);
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    double total = 0;
    for (size_t k = 0; k < 8; ++k) total += std::exp(want[r * 8 + k]);
    for (size_t k = 0; k < 8; ++k) {
      ASSERT_NEAR(score(core, scaled.row(r), k), want[r * 8 + k], 1e-4) << r << " " << k;
      ASSERT_NEAR(probabilities(r, k), std::exp(want[r * 8 + k]) / total, 1e-5) << r << " " << k;
    }
  }
}

TEST(Lda, ScoresAreThoseOfTheReference) {
  const LdaOptions of_the_reference{.ridge = 0.8, .clip = 3.0f};
  expect_scores("tall", of_the_reference);
  expect_scores("wide", of_the_reference);
}

TEST(Lda, WithLedoitWolfScoresAreThoseOfScikitLearnsCovariance) {
  expect_scores("tall", lda_ledoit_wolf_options());
  expect_scores("wide", lda_ledoit_wolf_options());
}

TEST(Lda, TheOrderOfTheRowsChangesNothing) {
  const DiscriminantGolden golden("wide");
  FitRequest request = golden.request();
  const auto pipeline = fitted({}, request);
  std::vector<size_t> backwards(golden.train.labels.size());
  for (size_t r = 0; r < backwards.size(); ++r) backwards[r] = backwards.size() - 1 - r;
  const testing::LabelledRows turned =
      testing::rows_at(golden.train.features, golden.train.labels, backwards);
  request.train = {turned.features, turned.labels, {}};
  const auto other = fitted({}, request);
  Matrix a, b;
  pipeline->predict_proba(golden.test.features, a);
  other->predict_proba(golden.test.features, b);
  for (size_t i = 0; i < a.values().size(); ++i) EXPECT_NEAR(a.values()[i], b.values()[i], 1e-5f);
}

// Every column twice and next to no ridge: the covariance is singular as far as float32 can tell.
TEST(Lda, RepeatedFeaturesDoNoHarm) {
  const DiscriminantGolden golden("tall");
  const auto twice = [](const Matrix& rows) {
    Matrix out(rows.num_rows(), 2 * rows.num_cols());
    for (size_t r = 0; r < rows.num_rows(); ++r) {
      std::ranges::copy(rows.row(r), out.row(r).first(rows.num_cols()).begin());
      std::ranges::copy(rows.row(r), out.row(r).last(rows.num_cols()).begin());
    }
    return out;
  };
  const LdaOptions next_to_none{.ridge = 1e-8};
  FitRequest request = golden.request();
  Matrix once_answers, twice_answers;
  fitted(next_to_none, request)->predict_proba(golden.test.features, once_answers);
  const Matrix train = twice(golden.train.features);
  request.train = {train, golden.train.labels, {}};
  request.signature.num_features = train.num_cols();
  fitted(next_to_none, request)->predict_proba(twice(golden.test.features), twice_answers);
  for (size_t i = 0; i < once_answers.values().size(); ++i)
    EXPECT_NEAR(twice_answers.values()[i], once_answers.values()[i], 1e-3f) << i;
}

TEST(Lda, RefusesWhatCannotBe) {
  for (double ridge : {0.0, -1.0, std::nan(""), std::numeric_limits<double>::infinity()})
    EXPECT_EQ(LdaLearner::create({.ridge = ridge}).error().code, ErrorCode::kUsage);
  for (float clip : {-1.0f, std::nanf(""), std::numeric_limits<float>::infinity()})
    EXPECT_EQ(LdaLearner::create({.clip = clip}).error().code, ErrorCode::kUsage);
  // Two labels, each with rows that are all alike: no spread within a class to measure.
  const Matrix rows({0, 0, 1, 1}, 4, 1);
  const std::vector<int> labels = {0, 0, 1, 1};
  FitRequest request;
  request.train = {rows, labels, {}};
  request.signature = {"made_up", 1, {"a", "b"}};
  EXPECT_EQ(LdaLearner::create().value()->fit(request).error().code, ErrorCode::kTooShort);
}

TEST(Lda, StopsWhenTold) {
  const DiscriminantGolden golden("tall");
  FitRequest request = golden.request();
  std::stop_source stop;
  stop.request_stop();
  request.cancel = stop.get_token();
  EXPECT_EQ(LdaLearner::create().value()->fit(request).error().code, ErrorCode::kCancelled);
}

TEST(Lda, SaysWhatItWasMadeWith) {
  EXPECT_EQ(LdaLearner::create().value()->hyperparameters()["ridge"], 0.4);
  EXPECT_EQ(LdaLearner::create().value()->hyperparameters()["clip"], 2.0);
  EXPECT_EQ(LdaLearner::create(lda_ledoit_wolf_options()).value()->hyperparameters()["covariance"],
            "ledoit_wolf");
}

}  // namespace
}  // namespace sermo::learn
