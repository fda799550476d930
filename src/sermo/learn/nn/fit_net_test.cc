#include "sermo/learn/nn/fit_net.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "sermo/base/normal.h"
#include "sermo/model/classifier.h"
#include "sermo/model/nn/architectures.h"
#include "sermo/model/nn/neural_net.h"

namespace sermo::learn::nn {
namespace {

using model::nn::Plan;

constexpr size_t kNumLabels = 4;
constexpr size_t kNumFeatures = 12;

// Clouds around one point a label.
struct Clouds {
  Matrix features;
  std::vector<int> labels;
  std::vector<double> weights;

  Clouds(size_t num_rows, uint64_t seed, double spread)
      : features(num_rows, kNumFeatures), labels(num_rows), weights(num_rows, 1.0) {
    Random random(seed, 0);
    for (size_t r = 0; r < num_rows; ++r) {
      labels[r] = static_cast<int>(r % kNumLabels);
      for (size_t f = 0; f < kNumFeatures; ++f) {
        const double centre = f % kNumLabels == r % kNumLabels ? 1.0 : -0.3;
        features(r, f) = static_cast<float>(centre + spread * normal(random));
      }
    }
  }
  NetRows rows() const { return {features, labels, weights}; }
};

class FitNet : public ::testing::Test {
 protected:
  Clouds train_{150, 1, 1.0};
  Clouds validation_{60, 2, 1.0};
  Plan plan_ = *model::nn::plan(model::nn::mlp(kNumLabels), kNumFeatures);
  Recipe recipe_{.max_epochs = 12};
  std::vector<EpochRecord> log_;

  FitNetRequest request() {
    return {.plan = plan_,
            .recipe = recipe_,
            .train = train_.rows(),
            .validation = validation_.rows(),
            .on_epoch = [this](const EpochRecord& record) { log_.push_back(record); }};
  }
  // As the finished net answers.
  double validation_accuracy(const FittedNet& fitted) const {
    const auto net =
        *model::nn::NeuralNet::create(model::nn::mlp(kNumLabels), kNumFeatures, fitted.weights);
    Matrix probabilities;
    net->predict_proba(validation_.features, probabilities);
    double num_right = 0.0;
    for (size_t r = 0; r < validation_.labels.size(); ++r) {
      const size_t label = model::argmax(probabilities.row(r));
      num_right += label == static_cast<size_t>(validation_.labels[r]) ? 1.0 : 0.0;
    }
    return num_right / static_cast<double>(validation_.labels.size());
  }
};

TEST_F(FitNet, Learns) {
  recipe_.patience = 0;
  const Result<FittedNet> fitted = fit_net(request());
  ASSERT_TRUE(fitted);
  ASSERT_EQ(log_.size(), 12u);
  EXPECT_EQ(fitted->num_epochs, 12);
  EXPECT_LT(log_.back().loss, 0.5 * log_.front().loss);
  EXPECT_GT(log_.back().accuracy, 0.9);
  EXPECT_GT(validation_accuracy(*fitted), 0.7);
  for (int e = 0; e < 12; ++e) EXPECT_EQ(log_[static_cast<size_t>(e)].epoch, e + 1);
}

TEST_F(FitNet, KeepsTheBestEpochAndStopsAfterPatience) {
  recipe_.max_epochs = 60;
  recipe_.patience = 4;
  const Result<FittedNet> fitted = fit_net(request());
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->num_epochs, fitted->best_epoch + 4);
  ASSERT_EQ(log_.size(), static_cast<size_t>(fitted->num_epochs));
  double best = -1.0;
  int best_epoch = 0;
  for (const EpochRecord& record : log_) {
    EXPECT_EQ(record.is_best, record.validation_accuracy > best);
    if (record.validation_accuracy > best) {
      best = record.validation_accuracy;
      best_epoch = record.epoch;
    }
  }
  EXPECT_EQ(fitted->best_epoch, best_epoch);
  EXPECT_NEAR(validation_accuracy(*fitted), best, 1e-9);  // the weights are those of that epoch
}

TEST_F(FitNet, CanMonitorTheLoss) {
  recipe_.monitor = Monitor::kLoss;
  recipe_.patience = 0;
  const Result<FittedNet> fitted = fit_net(request());
  ASSERT_TRUE(fitted);
  const auto least = std::ranges::min_element(log_, {}, &EpochRecord::validation_loss);
  EXPECT_EQ(fitted->best_epoch, least->epoch);
}

TEST_F(FitNet, WithoutValidationRunsAllEpochs) {
  FitNetRequest r = request();
  r.validation = {};
  const Result<FittedNet> fitted = fit_net(r);
  ASSERT_TRUE(fitted);
  EXPECT_EQ(fitted->num_epochs, 12);
  EXPECT_EQ(fitted->best_epoch, 12);
}

// What is validated is the average of the weights, and it is what is kept.
TEST_F(FitNet, KeepsTheAverageOfTheWeights) {
  recipe_.patience = 0;
  const Result<FittedNet> plain = fit_net(request());
  const std::vector<EpochRecord> plain_log = std::exchange(log_, {});
  recipe_.weight_average = 0.95;
  const Result<FittedNet> averaged = fit_net(request());
  ASSERT_TRUE(plain && averaged);
  for (size_t e = 0; e < log_.size(); ++e) {
    EXPECT_EQ(log_[e].loss, plain_log[e].loss);  // training itself is the same
    EXPECT_NE(log_[e].validation_loss, plain_log[e].validation_loss);
  }
  const auto best = std::ranges::max_element(log_, {}, &EpochRecord::validation_accuracy);
  EXPECT_NEAR(validation_accuracy(*averaged), best->validation_accuracy, 1e-9);
}

TEST_F(FitNet, ClassWeightsShiftTheAnswers) {
  train_ = Clouds(150, 1, 6.0);  // next to noise, so that priors matter
  const auto mass_of_label_2 = [&] {
    FitNetRequest without_validation = request();
    without_validation.validation = {};
    const Result<FittedNet> fitted = fit_net(without_validation);
    const auto net =
        *model::nn::NeuralNet::create(model::nn::mlp(kNumLabels), kNumFeatures, fitted->weights);
    Matrix probabilities;
    net->predict_proba(validation_.features, probabilities);
    double mass = 0.0;
    for (size_t r = 0; r < probabilities.num_rows(); ++r) mass += probabilities(r, 2);
    return mass;
  };
  const double even = mass_of_label_2();
  for (size_t r = 0; r < train_.labels.size(); ++r)
    train_.weights[r] = train_.labels[r] == 2 ? 4.0 : 0.1;
  EXPECT_GT(mass_of_label_2(), 1.5 * even);
}

TEST_F(FitNet, TheLearningRateFollowsItsSchedule) {
  recipe_ = {.max_epochs = 10,
             .learning_rate = 2e-3,
             .schedule = Schedule::kCosine,
             .warm_up = 0.2,
             .patience = 0};
  ASSERT_TRUE(fit_net(request()));
  EXPECT_LT(log_[0].learning_rate, 1.2e-3);
  EXPECT_NEAR(log_[2].learning_rate, 2e-3, 1e-4);
  EXPECT_LT(log_[9].learning_rate, 1e-5);
  for (size_t e = 3; e < 10; ++e) EXPECT_LT(log_[e].learning_rate, log_[e - 1].learning_rate);
}

TEST_F(FitNet, SameSeedSameBytesWhateverRunsBeside) {
  recipe_ = {.max_epochs = 3,
             .learning_rate = 1e-3,
             .label_smoothing = 0.1,
             .feature_noise = 0.1,
             .mixup = 0.4,
             .weight_average = 0.9};
  for (const auto architecture : {&model::nn::mlp, &model::nn::cnn1d, &model::nn::lstm,
                                  &model::nn::gru, &model::nn::cnn_lstm}) {
    const Plan plan = *model::nn::plan(architecture(kNumLabels), kNumFeatures);
    const auto fit = [&](uint64_t seed) {
      return fit_net({.plan = plan,
                      .recipe = recipe_,
                      .train = train_.rows(),
                      .validation = validation_.rows(),
                      .seed = seed})
          ->weights;
    };
    const model::nn::AlignedFloats alone = fit(1);
    std::vector<model::nn::AlignedFloats> beside(3);
    {
      std::vector<std::jthread> threads;
      for (size_t t = 0; t < beside.size(); ++t)
        threads.emplace_back([&, t] { beside[t] = fit(t == 2 ? 2 : 1); });
    }
    EXPECT_EQ(beside[0], alone);
    EXPECT_EQ(beside[1], alone);
    EXPECT_NE(beside[2], alone);
  }
}

TEST_F(FitNet, CanBeCancelled) {
  std::stop_source stop;
  FitNetRequest r = request();
  r.cancel = stop.get_token();
  r.on_epoch = [&](const EpochRecord& record) {
    if (record.epoch == 2) stop.request_stop();
  };
  const Result<FittedNet> fitted = fit_net(r);
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, ErrorCode::kCancelled);
}

TEST_F(FitNet, SaysWhenTheLossRunsAway) {
  train_.weights[7] = std::numeric_limits<double>::infinity();
  const Result<FittedNet> fitted = fit_net(request());
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().code, ErrorCode::kNotFinite);
  EXPECT_EQ(fitted.error().message, "the loss of epoch 1 is not finite");
}

TEST_F(FitNet, NeedsRows) {
  FitNetRequest r = request();
  r.train = {};
  ASSERT_FALSE(fit_net(r));
  EXPECT_EQ(fit_net(r).error().code, ErrorCode::kTooShort);
}

TEST_F(FitNet, OneRowIsEnough) {
  const Clouds one(1, 1, 1.0);
  FitNetRequest r = request();
  r.train = one.rows();
  EXPECT_TRUE(fit_net(r));
}

}  // namespace
}  // namespace sermo::learn::nn
