#include "sermo/learn/scaled_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sklearn_goldens.h"

namespace sermo::learn {
namespace {

using ::testing::HasSubstr;

// Answers every row with the same, and keeps what it was given to learn from.
class EvenCore final : public model::Core {
 public:
  EvenCore(size_t num_features, size_t num_labels)
      : num_features_(num_features), num_labels_(num_labels) {}
  std::string_view family() const override { return "even"; }
  size_t num_features() const override { return num_features_; }
  size_t num_labels() const override { return num_labels_; }
  void predict_proba(MatrixView scaled, Matrix& out) const override {
    out.resize(scaled.num_rows(), num_labels_);
    for (size_t r = 0; r < out.num_rows(); ++r) {
      for (float& p : out.row(r)) p = 1.0f / static_cast<float>(num_labels_);
    }
  }

 private:
  size_t num_features_;
  size_t num_labels_;
};

class EvenLearner final : public ScaledLearner {
 public:
  std::string_view name() const override { return "even"; }
  std::string_view title() const override { return "Even"; }
  nlohmann::json hyperparameters() const override { return nlohmann::json::object(); }

  mutable Matrix seen_features;
  mutable std::vector<double> seen_weights;

 private:
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest&) const override {
    seen_features = examples.features;
    seen_weights.assign(examples.weights.begin(), examples.weights.end());
    return std::make_shared<EvenCore>(examples.features.num_cols(), examples.num_labels);
  }
};

struct Data {
  Matrix features = Matrix({1, 10, 3, 10, 5, 10, 7, 10}, 4, 2);
  std::vector<int> labels = {0, 1, 1, 1};

  FitRequest request() const {
    FitRequest out;
    out.train.features = features;
    out.train.labels = labels;
    out.signature = {"test/1", 2, {"a", "b"}};
    return out;
  }
};

Error error_of(const FitRequest& request) {
  const auto classifier = EvenLearner().fit(request);
  EXPECT_FALSE(classifier.has_value());
  return classifier ? Error{} : classifier.error();
}

TEST(RowWeights, EqualScikitLearnsComputeClassWeight) {
  const std::vector<double> expected = testing::SklearnGoldens("small").doubles("weights");
  const std::vector<int> labels = testing::small_table().train.labels;
  const std::vector<double> weights = row_weights(ClassWeight::kBalanced, labels, 4);
  ASSERT_EQ(weights.size(), labels.size());
  for (size_t r = 0; r < labels.size(); ++r)
    EXPECT_DOUBLE_EQ(weights[r], expected[static_cast<size_t>(labels[r])]);
}

TEST(RowWeights, AreOneWithoutClassWeightAndForEqualClasses) {
  const std::vector<int> labels = {0, 0, 0, 1};
  EXPECT_THAT(row_weights(ClassWeight::kNone, labels, 2), ::testing::Each(1.0));
  EXPECT_THAT(row_weights(ClassWeight::kBalanced, std::vector<int>{1, 0, 0, 1}, 2),
              ::testing::Each(1.0));
}

TEST(RowWeights, ClassesWithoutRowsHaveNoSay) {
  const std::vector<int> labels = {0, 0, 0, 2};
  EXPECT_THAT(row_weights(ClassWeight::kBalanced, labels, 3),
              ::testing::ElementsAre(4.0 / 6.0, 4.0 / 6.0, 4.0 / 6.0, 2.0));
}

TEST(ScaledLearner, LearnsFromScaledRowsAndPutsTheScalerIntoTheModel) {
  const Data data;
  const EvenLearner learner;
  const auto classifier = learner.fit(data.request()).value();
  EXPECT_EQ(classifier->signature(), data.request().signature);
  EXPECT_EQ(classifier->family(), "even");
  EXPECT_FLOAT_EQ(learner.seen_features(0, 0), -3.0f / std::sqrt(5.0f));
  EXPECT_EQ(learner.seen_features(0, 1), 0.0f);
  EXPECT_THAT(learner.seen_weights, ::testing::Each(1.0));
  Matrix probabilities;
  classifier->predict_proba(data.features, probabilities);
  EXPECT_EQ(probabilities(3, 1), 0.5f);
}

TEST(ScaledLearner, HandsOnTheClassWeights) {
  const Data data;
  FitRequest request = data.request();
  request.class_weight = ClassWeight::kBalanced;
  const EvenLearner learner;
  ASSERT_TRUE(learner.fit(request));
  EXPECT_THAT(learner.seen_weights, ::testing::ElementsAre(2.0, 2.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0));
}

TEST(ScaledLearner, RefusesWhatDoesNotFitByName) {
  Data data;
  FitRequest request = data.request();
  request.signature.num_features = 3;
  EXPECT_EQ(error_of(request),
            (Error{ErrorCode::kMismatch, "even: the rows have 2 features, wanted 3"}));

  data.labels.pop_back();
  EXPECT_EQ(error_of(data.request()), (Error{ErrorCode::kMismatch, "even: 3 labels for 4 rows"}));

  for (const int label : {2, -1}) {
    data.labels = {0, 1, label, 1};
    const Error error = error_of(data.request());
    EXPECT_EQ(error.code, ErrorCode::kMismatch);
    EXPECT_THAT(error.message, HasSubstr("row 2 has label " + std::to_string(label)));
  }

  data.labels = {0, 0, 0, 0};
  EXPECT_EQ(error_of(data.request()),
            (Error{ErrorCode::kTooShort, "even: no training row is labelled b"}));
  request = data.request();
  request.signature.labels = {"a"};
  EXPECT_EQ(error_of(request),
            (Error{ErrorCode::kTooShort, "even: 1 kind of label, wanted at least 2"}));
}

TEST(ScaledLearner, RefusesValuesThatAreNotFinite) {
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    Data data;
    data.features(2, 1) = bad;
    EXPECT_EQ(error_of(data.request()),
              (Error{ErrorCode::kNotFinite, "even: row 2 has a value that is not finite"}));
  }
}

TEST(ScaledLearner, RefusesNoRowsAtAll) {
  FitRequest request = Data().request();
  request.train = {};
  request.signature.num_features = 0;
  EXPECT_EQ(error_of(request).code, ErrorCode::kTooShort);
}

}  // namespace
}  // namespace sermo::learn
