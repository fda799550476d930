#include "sermo/learn/nn/net_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "sermo/base/normal.h"
#include "sermo/learn/registry.h"
#include "sermo/model/pipeline.h"

namespace sermo::learn::nn {
namespace {

using ::testing::HasSubstr;

// Four labels and twenty features, of large and unequal scales.
class NetLearnerTest : public ::testing::TestWithParam<const char*> {
 protected:
  NetLearnerTest() : features_(96, 20), labels_(96) {
    Random random(3, 0);
    for (size_t r = 0; r < 96; ++r) {
      labels_[r] = static_cast<int>(r % 4);
      for (size_t f = 0; f < 20; ++f) {
        const double centre = f % 4 == r % 4 ? 1.5 : 0.0;
        features_(r, f) = static_cast<float>(
            (centre + 0.5 * normal(random)) * static_cast<double>(f + 1) * 10.0 + 500.0);
      }
    }
  }
  FitRequest request(size_t num_train = 72) const {
    FitRequest r;
    r.train = {{features_.data(), num_train, 20}, std::span(labels_).first(num_train), {}};
    r.validation = {{features_.row(num_train).data(), 96 - num_train, 20},
                    std::span(labels_).subspan(num_train),
                    {}};
    r.signature = {"schema", 20, {"a", "b", "c", "d"}};
    r.max_epochs = 4;
    return r;
  }

  Matrix features_;
  std::vector<int> labels_;
};

TEST_P(NetLearnerTest, FitsReportsAndLogs) {
  const auto learner = find_learner(GetParam());
  ASSERT_TRUE(learner);
  EXPECT_EQ((*learner)->name(), GetParam());
  EXPECT_FALSE((*learner)->title().empty());
  FitRequest r = request();
  std::vector<FitProgress> progress;
  std::vector<nlohmann::json> log;
  r.progress = [&](const FitProgress& p) { progress.push_back(p); };
  r.log = [&](const nlohmann::json& line) { log.push_back(line); };
  const auto classifier = (*learner)->fit(r);
  ASSERT_TRUE(classifier) << classifier.error().message;
  EXPECT_EQ((*classifier)->family(), "neural_net");
  EXPECT_EQ((*classifier)->signature(), r.signature);
  Matrix probabilities;
  (*classifier)->predict_proba(features_, probabilities);
  EXPECT_EQ(probabilities.num_rows(), 96u);
  EXPECT_EQ(probabilities.num_cols(), 4u);

  ASSERT_EQ(log.size(), 4u);
  ASSERT_EQ(progress.size(), 4u);
  EXPECT_EQ(progress.back().fraction, 1.0);
  EXPECT_THAT(progress[1].note, HasSubstr("epoch 2 of 4, loss "));
  EXPECT_THAT(progress[1].note, HasSubstr("validation "));
  EXPECT_THAT(progress[1].note, HasSubstr(" s left"));
  for (const char* key : {"epoch", "learning_rate", "loss", "accuracy", "validation_loss",
                          "validation_accuracy", "best", "seconds"})
    EXPECT_TRUE(log[1].contains(key)) << key;
  EXPECT_EQ(log[1]["epoch"], 2);
}

TEST_P(NetLearnerTest, SaysWhatItIs) {
  const nlohmann::json hyperparameters = (*find_learner(GetParam()))->hyperparameters();
  EXPECT_LE(hyperparameters["max_epochs"], 50);
  EXPECT_THAT(hyperparameters["hidden_layers"].get<std::string>(), HasSubstr("relu"));
}

INSTANTIATE_TEST_SUITE_P(Nets, NetLearnerTest,
                         ::testing::Values("mlp", "cnn1d", "lstm", "gru", "cnn_lstm"),
                         [](const auto& test) { return std::string(test.param); });

using NetLearnerErrors = NetLearnerTest;

TEST_F(NetLearnerErrors, ChecksValidationRowsToo) {
  const auto mlp = *find_learner("mlp");
  FitRequest r = request();
  const std::vector<int> bad(24, 4);
  r.validation.labels = bad;
  auto classifier = mlp->fit(r);
  ASSERT_FALSE(classifier);
  EXPECT_EQ(classifier.error().code, ErrorCode::kMismatch);
  EXPECT_EQ(classifier.error().message, "mlp: validation: row 0 has label 4, wanted 0 to 3");
}

TEST_F(NetLearnerErrors, WorksWithoutValidationRows) {
  FitRequest r = request();
  r.validation = {};
  std::vector<nlohmann::json> log;
  r.log = [&](const nlohmann::json& line) { log.push_back(line); };
  EXPECT_TRUE((*find_learner("mlp"))->fit(r));
  ASSERT_EQ(log.size(), 4u);
  EXPECT_FALSE(log[0].contains("validation_loss"));
}

TEST_F(NetLearnerErrors, RefusesRecipesOutOfRange) {
  const auto refused = [](auto change) {
    NetOptions options = mlp_options();
    change(options.recipe);
    const auto learner = NetLearner::create(options);
    return !learner && learner.error().code == ErrorCode::kUsage;
  };
  EXPECT_TRUE(refused([](Recipe& r) { r.max_epochs = 0; }));
  EXPECT_TRUE(refused([](Recipe& r) { r.batch_size = 0; }));
  EXPECT_TRUE(refused([](Recipe& r) { r.learning_rate = 0.0; }));
  EXPECT_TRUE(refused([](Recipe& r) { r.warm_up = 1.0; }));
  EXPECT_TRUE(refused([](Recipe& r) { r.mixup = 1.5; }));
  EXPECT_TRUE(refused([](Recipe& r) { r.weight_average = 1.0; }));
  EXPECT_TRUE(refused([](Recipe& r) { r.feature_dropout = -0.1; }));
  EXPECT_FALSE(refused([](Recipe&) {}));
}

}  // namespace
}  // namespace sermo::learn::nn
