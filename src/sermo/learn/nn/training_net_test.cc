#include "sermo/learn/nn/training_net.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "nn_golden.h"
#include "sermo/base/mt19937.h"
#include "sermo/learn/nn/adam.h"
#include "sermo/learn/nn/initialise.h"
#include "sermo/model/nn/architectures.h"
#include "sermo/model/nn/operations.h"

namespace sermo::learn::nn {
namespace {

using model::nn::AlignedFloats;
using model::nn::OnOneThread;
using model::nn::Plan;
using model::nn::Weight;
using sermo::testing::NnGolden;

std::vector<float> one_hot(std::span<const int> labels, size_t num_labels) {
  std::vector<float> targets(labels.size() * num_labels);
  for (size_t r = 0; r < labels.size(); ++r)
    targets[r * num_labels + static_cast<size_t>(labels[r])] = 1.0f;
  return targets;
}

// --- against Keras ---

class Golden : public ::testing::TestWithParam<std::string> {
 protected:
  NnGolden golden_ = NnGolden::load(GetParam());
  OnOneThread on_one_thread_;
  TrainingNet net_{golden_.plan, golden_.x.num_rows(), 1};
  std::vector<float> targets_ = one_hot(golden_.labels, golden_.plan.num_labels);
  std::vector<float> ones_ = std::vector<float>(golden_.x.num_rows(), 1.0f);

  void SetUp() override {
    std::ranges::copy(golden_.weights(), net_.weights().begin());
    std::ranges::copy(golden_.x.values(), net_.input().begin());
  }
  void expect_near(std::span<const float> block, const std::string& prefix, bool trainable_only,
                   float tolerance) {
    for (const Weight& weight : golden_.plan.weights()) {
      if (trainable_only && !weight.trainable()) continue;
      const std::vector<float> expected = golden_.floats(prefix + weight.name);
      float largest = 0.0f;
      for (float value : expected) largest = std::max(largest, std::abs(value));
      for (size_t i = 0; i < weight.size(); ++i)
        ASSERT_NEAR(block[weight.offset + i], expected[i], tolerance * (largest + 1e-3f))
            << weight.name << "[" << i << "]";
    }
  }
};

TEST_P(Golden, ProbabilitiesAtInference) {
  const std::span<const float> probabilities = net_.forward(Mode::kInference);
  const std::vector<float> expected = golden_.floats("y");
  for (size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(probabilities[i], expected[i], 2e-6);
}

// Sums over a few dozen products of either sign, in another order: 1e-5 of the largest.
TEST_P(Golden, LossAndGradients) {
  net_.forward(Mode::kTraining);
  const double loss = net_.backward(targets_, ones_);
  EXPECT_NEAR(loss, golden_.floats("loss")[0], 1e-5);
  expect_near(net_.gradients(), "grad/", true, 2e-5f);
}

// A second pass must not see anything of the first: nothing adds up.
TEST_P(Golden, AStepCanBeRepeated) {
  const auto gradients = [&] {
    net_.forward(Mode::kTraining);
    net_.backward(targets_, ones_);
    return std::vector<float>(net_.gradients().begin(), net_.gradients().end());
  };
  const std::vector<float> first = gradients();
  EXPECT_EQ(gradients(), first);
}

// Adam divides small gradients by themselves, so a weight whose gradient is next to nothing (a bias
// before batch norm has none at all) may move either way; all others must move alike, to a
// hundredth of a step.
TEST_P(Golden, ThreeStepsOfAdam) {
  if (!golden_.archive.has("adam/dense_1/kernel")) return;  // GRU: see the golden script
  constexpr float kRate = 0.01f;
  Adam adam(golden_.plan, {});
  for (int step = 0; step < 3; ++step) {
    net_.forward(Mode::kTraining);
    net_.backward(targets_, ones_);
    adam.step(kRate, net_.gradients(), net_.weights());
  }
  const AlignedFloats first_gradients = golden_.weights("grad/");
  for (const Weight& weight : golden_.plan.weights()) {
    const std::vector<float> expected = golden_.floats("adam/" + weight.name);
    for (size_t i = 0; i < weight.size(); ++i) {
      const size_t at = weight.offset + i;
      if (weight.trainable() && std::abs(first_gradients[at]) < 1e-5f) continue;
      ASSERT_NEAR(net_.weights()[at], expected[i], 0.01f * kRate) << weight.name << "[" << i << "]";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Keras, Golden, ::testing::ValuesIn(sermo::testing::nn_golden_names()),
                         [](const auto& test) { return test.param; });

// --- against finite differences ---

class Differences : public ::testing::TestWithParam<const char*> {};

// float32 gives about seven digits of the loss, and a step of 4e-3 leaves five of a difference; the
// curvature costs about as much.
TEST_P(Differences, EqualTheGradients) {
  const OnOneThread on_one_thread;
  constexpr size_t kNumRows = 5;
  constexpr float kStep = 4e-3f;
  constexpr double kTolerance = 2e-3;
  const Plan plan = *model::nn::plan(*model::nn::parse_graph(GetParam()), 8);
  TrainingNet net(plan, kNumRows, 1);
  initialise(plan, 3, net.weights());
  RandomState random(4);
  for (float& value : net.input()) value = static_cast<float>(3.0 * random.random_sample() - 1.5);
  // Soft targets and unequal weights, as mixing and class weights make them.
  std::vector<float> targets(kNumRows * plan.num_labels);
  for (float& target : targets) target = static_cast<float>(random.random_sample() / 2.0);
  const std::vector<float> row_weights{1.0f, 0.5f, 2.0f, 1.5f, 0.25f};

  net.forward(Mode::kTraining);
  net.backward(targets, row_weights);
  const std::vector<float> gradients(net.gradients().begin(), net.gradients().end());
  const auto loss = [&] {
    net.forward(Mode::kTraining);
    return net.backward(targets, row_weights);
  };
  for (const Weight& weight : plan.weights()) {
    if (!weight.trainable()) continue;
    for (size_t i = weight.offset; i < weight.offset + weight.size(); ++i) {
      const float before = net.weights()[i];
      net.weights()[i] = before + kStep;
      const double above = loss();
      net.weights()[i] = before - kStep;
      const double below = loss();
      net.weights()[i] = before;
      EXPECT_NEAR((above - below) / (2.0 * kStep), gradients[i], kTolerance)
          << weight.name << "[" << i - weight.offset << "]";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Layers, Differences,
    ::testing::Values(
        "dense(5) dense(3) softmax", "dense(6) relu dense(3) softmax",
        "dense(5) batch_norm dense(3) softmax", "batch_norm dense(3) softmax",
        "sequence conv1d(3,3) conv1d(4,5) flatten dense(3) softmax",
        "sequence conv1d(4,3) max_pool(2) flatten dense(3) softmax",
        "sequence conv1d(3,3) batch_norm max_pool(3) conv1d(3,1) flatten dense(2) softmax",
        "sequence conv1d(3,3) lstm(4) dense(3) softmax",
        "sequence lstm(3,sequences) lstm(4) dense(3) softmax",
        "sequence lstm(3,sequences) flatten dense(3) softmax",
        "sequence gru(3,sequences) gru(4) dense(3) softmax",
        "sequence conv1d(3,3) gru(4,sequences) flatten dense(3) softmax"));

// --- dropout ---

TEST(Dropout, DropsItsShareAndKeepsTheMean) {
  const OnOneThread on_one_thread;
  const Plan plan = *model::nn::plan({{model::nn::Dense{2000}, model::nn::Dropout{.3f},
                                       model::nn::Dense{2}, model::nn::Softmax{}}},
                                     1);
  // Every unit gives 1, and the second dense layer adds a 2000th of each up.
  constexpr size_t kNumRows = 50;
  TrainingNet net(plan, kNumRows, 7);
  const std::vector<Weight> weights = plan.weights();
  std::ranges::fill(net.weights().subspan(weights[1].offset, 2000), 1.0f);
  for (size_t i = 0; i < 2000; ++i) net.weights()[weights[2].offset + 2 * i] = 1.0f / 2000.0f;
  const auto sum_of_row = [&](std::span<const float> probabilities, size_t r) {
    return std::log(probabilities[2 * r] / probabilities[2 * r + 1]);
  };
  const std::span<const float> dropped = net.forward(Mode::kTraining);
  double mean = 0.0;
  for (size_t r = 0; r < kNumRows; ++r) {
    // The deviation of a row is sqrt(.3 / .7 / 2000) = .015.
    EXPECT_NEAR(sum_of_row(dropped, r), 1.0, 0.075);
    EXPECT_NE(sum_of_row(dropped, r), sum_of_row(dropped, (r + 1) % kNumRows));
    mean += sum_of_row(dropped, r) / kNumRows;
  }
  EXPECT_NEAR(mean, 1.0, 0.01);
  // The way back takes the same units: the second layer's gradient is the number of rows in which a
  // unit was kept, divided by .7; it would be the same for all units without dropping.
  std::vector<float> targets(kNumRows * 2);
  for (size_t r = 0; r < kNumRows; ++r) targets[2 * r] = 1.0f;
  net.backward(targets, std::vector<float>(kNumRows, 1.0f));
  const std::span<const float> of_kernel = net.gradients().subspan(weights[2].offset, 4000);
  const std::span<const float> of_bias = net.gradients().subspan(weights[1].offset, 2000);
  for (size_t i = 0; i < 2000; ++i) {
    // d loss / d unit is proportional to kept rows as well: both gradients tell the same count.
    EXPECT_NEAR(of_bias[i] * 2000.0f, of_kernel[2 * i], 0.05f * std::abs(of_kernel[2 * i])) << i;
  }
  // At inference nothing is dropped.
  const std::span<const float> kept = net.forward(Mode::kInference);
  for (size_t r = 0; r < kNumRows; ++r) EXPECT_NEAR(sum_of_row(kept, r), 1.0, 1e-5);
}

TEST(Dropout, TheSeedDecides) {
  const OnOneThread on_one_thread;
  const Plan plan = *model::nn::plan(model::nn::cnn_lstm(4), 20);
  const auto probabilities = [&](uint64_t seed) {
    TrainingNet net(plan, 3, seed);
    initialise(plan, 1, net.weights());
    std::ranges::fill(net.input(), 0.5f);
    net.forward(Mode::kTraining);
    const std::span<const float> out = net.forward(Mode::kTraining);  // a second mask
    return std::vector<float>(out.begin(), out.end());
  };
  EXPECT_EQ(probabilities(1), probabilities(1));
  EXPECT_NE(probabilities(1), probabilities(2));
}

// --- whole nets ---

class FullNet : public ::testing::TestWithParam<model::nn::Graph (*)(size_t)> {};

// Every net must be able to learn 16 rows of noise by heart (dropout off: it works against it).
TEST_P(FullNet, OverfitsOneBatch) {
  const OnOneThread on_one_thread;
  model::nn::Graph graph = GetParam()(8);
  std::erase_if(graph.layers, [](const model::nn::Layer& layer) {
    return std::holds_alternative<model::nn::Dropout>(layer);
  });
  const Plan plan = *model::nn::plan(graph, 30);
  constexpr size_t kNumRows = 16;
  TrainingNet net(plan, kNumRows, 1);
  initialise(plan, 1, net.weights());
  RandomState random(5);
  for (float& value : net.input()) value = static_cast<float>(4.0 * random.random_sample() - 2.0);
  std::vector<int> labels(kNumRows);
  for (int& label : labels) label = static_cast<int>(random.randint(0, 8));
  const std::vector<float> targets = one_hot(labels, 8);
  const std::vector<float> ones(kNumRows, 1.0f);
  Adam adam(plan, {});
  double loss = 0.0;
  for (int step = 0; step < 400; ++step) {
    net.forward(Mode::kTraining);
    loss = net.backward(targets, ones);
    adam.step(3e-3, net.gradients(), net.weights());
  }
  EXPECT_LT(loss, 0.01);
}

// What a net learned must not depend on where in a batch a row stands.
TEST_P(FullNet, RowsDoNotSeeEachOtherAtInference) {
  const OnOneThread on_one_thread;
  const Plan plan = *model::nn::plan(GetParam()(8), 30);
  TrainingNet net(plan, 4, 1);
  initialise(plan, 1, net.weights());
  RandomState random(5);
  for (float& value : net.input()) value = static_cast<float>(4.0 * random.random_sample() - 2.0);
  const std::span<const float> forward = net.forward(Mode::kInference);
  const std::vector<float> before(forward.begin(), forward.end());
  std::ranges::rotate(net.input(), net.input().begin() + 30);
  const std::span<const float> after = net.forward(Mode::kInference);
  for (size_t r = 0; r < 4; ++r) {
    for (size_t k = 0; k < 8; ++k) EXPECT_NEAR(after[r * 8 + k], before[(r + 1) % 4 * 8 + k], 1e-6);
  }
}

INSTANTIATE_TEST_SUITE_P(Architectures, FullNet,
                         ::testing::Values(&model::nn::mlp, &model::nn::cnn1d, &model::nn::lstm,
                                           &model::nn::gru, &model::nn::cnn_lstm));

}  // namespace
}  // namespace sermo::learn::nn
