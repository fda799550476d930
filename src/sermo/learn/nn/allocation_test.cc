// A step of training takes no memory for numbers: everything is planned when the fit begins. What
// is left is a table of a call's arguments, some hundred bytes, that oneDNN makes for every call.
#include <gtest/gtest.h>

#include "allocation_counter.h"
#include "sermo/learn/nn/adam.h"
#include "sermo/learn/nn/batches.h"
#include "sermo/learn/nn/initialise.h"
#include "sermo/learn/nn/training_net.h"
#include "sermo/model/nn/architectures.h"
#include "sermo/model/nn/operations.h"

namespace sermo::learn::nn {
namespace {

struct Architecture {
  const char* name;
  model::nn::Graph (*graph)(size_t num_labels);
};

class Step : public ::testing::TestWithParam<Architecture> {};

TEST_P(Step, TakesNoMemoryForNumbers) {
  constexpr size_t kNumLabels = 8;
  constexpr size_t kNumFeatures = 30;
  const model::nn::OnOneThread on_one_thread;
  const model::nn::Plan plan = *model::nn::plan(GetParam().graph(kNumLabels), kNumFeatures);
  Matrix features(64, kNumFeatures);
  Random random(1, 0);
  for (size_t i = 0; i < 64 * kNumFeatures; ++i)
    features.data()[i] = static_cast<float>(random.uniform());
  std::vector<int> labels(64);
  for (size_t r = 0; r < 64; ++r) labels[r] = static_cast<int>(r % kNumLabels);
  const std::vector<double> weights(64, 1.0);
  Recipe recipe;
  recipe.mixup = 0.4;
  recipe.feature_noise = 0.1;
  Batches batches({features, labels, weights}, kNumLabels, recipe, 1);
  TrainingNet net(plan, batches.batch_size(), 1);
  initialise(plan, 1, net.weights());
  Adam adam(plan, {});
  std::vector<float> targets(batches.batch_size() * kNumLabels);
  std::vector<float> row_weights(batches.batch_size());
  const auto epoch = [&] {
    batches.start_epoch();
    for (size_t b = 0; b < batches.num_batches(); ++b) {
      batches.fill(b, {net.input(), targets, row_weights});
      net.forward(Mode::kTraining);
      net.backward(targets, row_weights);
      adam.step(1e-3, net.gradients(), net.weights());
    }
  };
  epoch();  // oneDNN makes its kernels when they are first run
  const size_t before = testing::num_bytes_allocated();
  epoch();
  const size_t bytes_a_step = (testing::num_bytes_allocated() - before) / batches.num_batches();
  constexpr size_t kWidestLayer = 32 * 512 * sizeof(float);  // of mlp; the others' are larger
  EXPECT_LT(bytes_a_step, kWidestLayer / 2);
}

INSTANTIATE_TEST_SUITE_P(Nets, Step,
                         ::testing::Values(Architecture{"mlp", &model::nn::mlp},
                                           Architecture{"cnn1d", &model::nn::cnn1d},
                                           Architecture{"lstm", &model::nn::lstm},
                                           Architecture{"gru", &model::nn::gru},
                                           Architecture{"cnn_lstm", &model::nn::cnn_lstm}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace sermo::learn::nn
