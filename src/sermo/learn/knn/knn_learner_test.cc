#include "sermo/learn/knn/knn_learner.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sklearn_goldens.h"

namespace sermo::learn {
namespace {

FitRequest request(const testing::LabelledRows& rows, std::vector<std::string> labels) {
  FitRequest out;
  out.train.features = rows.features;
  out.train.labels = rows.labels;
  out.signature = {"test/1", rows.features.num_cols(), std::move(labels)};
  return out;
}

TEST(KnnLearner, PredictsAsScikitLearn) {
  const testing::SmallTable table = testing::small_table();
  const auto knn =
      KnnLearner::create().value()->fit(request(table.train, {"a", "b", "c", "d"})).value();
  EXPECT_EQ(knn->family(), "knn");
  Matrix probabilities;
  knn->predict_proba(table.test.features, probabilities);
  const Matrix expected = testing::SklearnGoldens("small").matrix("knn_probabilities");
  for (size_t r = 0; r < expected.num_rows(); ++r) {
    for (size_t k = 0; k < 4; ++k) EXPECT_EQ(probabilities(r, k), expected(r, k));
  }
}

TEST(KnnLearner, NeedsAsManyRowsAsNeighbours) {
  const testing::LabelledRows rows{Matrix({0, 1, 2, 3}, 4, 1), {0, 1, 0, 1}};
  const auto five = KnnLearner::create().value()->fit(request(rows, {"a", "b"}));
  ASSERT_FALSE(five);
  EXPECT_EQ(five.error().code, ErrorCode::kTooShort);
  EXPECT_EQ(five.error().message, "knn: 4 rows, wanted at least 5");
  EXPECT_TRUE(KnnLearner::create({.num_neighbors = 4}).value()->fit(request(rows, {"a", "b"})));
}

TEST(KnnLearner, RefusesNoNeighbours) {
  EXPECT_EQ(KnnLearner::create({.num_neighbors = 0}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(KnnLearner::create().value()->hyperparameters()["num_neighbors"], 5);
}

}  // namespace
}  // namespace sermo::learn
