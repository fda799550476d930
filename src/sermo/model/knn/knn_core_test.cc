#include "sermo/model/knn/knn_core.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "sermo/model/classifier.h"
#include "sermo/model/scaler.h"
#include "sklearn_goldens.h"

namespace sermo::model {
namespace {

using testing::LabelledRows;
using testing::SklearnGoldens;

// Every probability and label of the test rows, exactly: shares of five neighbours leave no room
// for tolerance.
void expect_equals_scikit_learn(const LabelledRows& train, const LabelledRows& test,
                                size_t num_labels, const SklearnGoldens& goldens) {
  const Scaler scaler = Scaler::fit(train.features).value();
  Matrix train_rows;
  Matrix test_rows;
  scaler.apply(train.features, train_rows);
  scaler.apply(test.features, test_rows);
  const Result<std::shared_ptr<const KnnCore>> knn =
      KnnCore::create({.num_labels = num_labels, .rows = train_rows, .labels = train.labels});
  ASSERT_TRUE(knn) << knn.error().message;
  Matrix probabilities;
  (*knn)->predict_proba(test_rows, probabilities);
  const Matrix expected = goldens.matrix("knn_probabilities");
  const std::vector<int> expected_labels = goldens.ints("knn_labels");
  ASSERT_EQ(probabilities.num_rows(), expected.num_rows());
  for (size_t r = 0; r < expected.num_rows(); ++r) {
    for (size_t k = 0; k < num_labels; ++k)
      EXPECT_EQ(probabilities(r, k), expected(r, k)) << "row " << r << ", class " << k;
    EXPECT_EQ(static_cast<int>(argmax(probabilities.row(r))), expected_labels[r]) << "row " << r;
  }
}

TEST(KnnCore, EqualsScikitLearnOnTheSmallTable) {
  const testing::SmallTable table = testing::small_table();
  expect_equals_scikit_learn(table.train, table.test, 4, SklearnGoldens("small"));
}

TEST(KnnCore, EqualsScikitLearnOnRavdess) {
  SERMO_REQUIRE_SHARED("reference/librosa_0.11_X.npy");
  const testing::RavdessReference& ravdess = testing::ravdess_reference();
  expect_equals_scikit_learn(ravdess.train, ravdess.test, 8, SklearnGoldens("ravdess"));
}

// Sort everything by (distance, position), count the first k: what nearest neighbours means.
TEST(KnnCore, EqualsSortingAllDistances) {
  const testing::SmallTable table = testing::small_table();
  for (const size_t num_neighbors : {size_t{1}, size_t{2}, size_t{7}, size_t{180}}) {
    const auto knn = KnnCore::create({.num_labels = 4,
                                      .num_neighbors = num_neighbors,
                                      .rows = table.train.features,
                                      .labels = table.train.labels})
                         .value();
    Matrix probabilities;
    knn->predict_proba(table.test.features, probabilities);
    for (size_t r = 0; r < table.test.features.num_rows(); ++r) {
      std::vector<std::pair<double, size_t>> ranked;
      for (size_t t = 0; t < table.train.features.num_rows(); ++t) {
        double distance = 0.0;
        for (size_t c = 0; c < table.train.features.num_cols(); ++c) {
          const double d =
              static_cast<double>(table.train.features(t, c)) - table.test.features(r, c);
          distance += d * d;
        }
        ranked.emplace_back(distance, t);
      }
      std::sort(ranked.begin(), ranked.end());
      std::vector<float> shares(4);
      for (size_t i = 0; i < num_neighbors; ++i)
        shares[static_cast<size_t>(table.train.labels[ranked[i].second])] += 1.0f;
      for (size_t k = 0; k < 4; ++k)
        EXPECT_EQ(probabilities(r, k), shares[k] / static_cast<float>(num_neighbors));
    }
  }
}

TEST(KnnCore, OfEquallyNearRowsTheEarlierCounts) {
  // Five copies of one row, labelled 1 0 1 0 0; three neighbours are asked.
  const auto knn = KnnCore::create({.num_labels = 2,
                                    .num_neighbors = 3,
                                    .rows = Matrix({1, 2, 1, 2, 1, 2, 1, 2, 1, 2}, 5, 2),
                                    .labels = {1, 0, 1, 0, 0}})
                       .value();
  Matrix probabilities;
  knn->predict_proba(Matrix({0.3f, 0.7f}, 1, 2), probabilities);
  EXPECT_EQ(probabilities(0, 0), 1.0f / 3.0f);
  EXPECT_EQ(probabilities(0, 1), 2.0f / 3.0f);
}

TEST(KnnCore, ARowsAnswerDoesNotDependOnItsNeighboursInTheBatch) {
  const testing::SmallTable table = testing::small_table();
  const auto knn =
      KnnCore::create({.num_labels = 4, .rows = table.train.features, .labels = table.train.labels})
          .value();
  Matrix together;
  knn->predict_proba(table.test.features, together);
  for (size_t r = 0; r < together.num_rows(); ++r) {
    Matrix alone;
    knn->predict_proba(MatrixView::row_vector(table.test.features.row(r)), alone);
    for (size_t k = 0; k < 4; ++k) EXPECT_EQ(alone(0, k), together(r, k));
  }
  Matrix none;
  knn->predict_proba(Matrix(0, 20), none);
  EXPECT_EQ(none.num_rows(), 0u);
}

TEST(KnnCore, RowsOfNansAreAnswered) {
  const testing::SmallTable table = testing::small_table();
  const auto knn =
      KnnCore::create({.num_labels = 4, .rows = table.train.features, .labels = table.train.labels})
          .value();
  Matrix rows(1, 20);
  std::fill_n(rows.data(), 20, std::numeric_limits<float>::quiet_NaN());
  Matrix probabilities;
  knn->predict_proba(rows, probabilities);
  float sum = 0.0f;
  for (const float p : probabilities.row(0)) sum += p;
  EXPECT_FLOAT_EQ(sum, 1.0f);
}

TEST(KnnCore, RefusesWhatCannotBe) {
  const auto error_of = [](KnnOptions options) {
    const auto knn = KnnCore::create(std::move(options));
    EXPECT_FALSE(knn.has_value());
    return knn ? ErrorCode::kInternal : knn.error().code;
  };
  const Matrix rows({1, 2, 3, 4}, 2, 2);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(error_of({2, 3, rows, {0, 1}}), ErrorCode::kCorrupt) << "more neighbours than rows";
  EXPECT_EQ(error_of({2, 0, rows, {0, 1}}), ErrorCode::kCorrupt) << "no neighbours";
  EXPECT_EQ(error_of({2, 1, rows, {0, 2}}), ErrorCode::kCorrupt) << "label too large";
  EXPECT_EQ(error_of({2, 1, rows, {0, -1}}), ErrorCode::kCorrupt) << "label negative";
  EXPECT_EQ(error_of({2, 1, rows, {0}}), ErrorCode::kCorrupt) << "a label is missing";
  EXPECT_EQ(error_of({2, 1, Matrix({1, 2, 3, nan}, 2, 2), {0, 1}}), ErrorCode::kCorrupt);
  EXPECT_EQ(error_of({2, 1, Matrix(0, 2), {}}), ErrorCode::kCorrupt) << "no rows";
}

}  // namespace
}  // namespace sermo::model
