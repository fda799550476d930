#include "sermo/model/nn/neural_net.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>
#include <thread>

#include "nn_golden.h"
#include "random_net.h"
#include "sermo/model/nn/architectures.h"

namespace sermo::model::nn {
namespace {

using sermo::testing::NnGolden;
using sermo::testing::random_net;
using sermo::testing::random_rows;
using ::testing::HasSubstr;

// Keras and oneDNN sum in different orders: a few float32 roundings of values up to 1.
constexpr float kTolerance = 2e-6f;

class Golden : public ::testing::TestWithParam<std::string> {};

TEST_P(Golden, ProbabilitiesEqualKeras) {
  const NnGolden golden = NnGolden::load(GetParam());
  const auto net = NeuralNet::create(golden.graph, golden.x.num_cols(), golden.weights());
  ASSERT_TRUE(net) << net.error().message;
  Matrix probabilities;
  (*net)->predict_proba(golden.x, probabilities);
  const std::vector<float> expected = golden.floats("y");
  ASSERT_EQ(probabilities.values().size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i)
    EXPECT_NEAR(probabilities.values()[i], expected[i], kTolerance) << i;
}

INSTANTIATE_TEST_SUITE_P(Keras, Golden, ::testing::ValuesIn(sermo::testing::nn_golden_names()),
                         [](const auto& test) { return test.param; });

bool same_bits(std::span<const float> a, std::span<const float> b) {
  return std::ranges::equal(a, b, [](float x, float y) {
    return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y);
  });
}

class FullNet : public ::testing::TestWithParam<Graph (*)(size_t)> {};

TEST_P(FullNet, BatchEqualsSingleRowsBitForBitAndSumsToOne) {
  const auto net = random_net(GetParam()(8), 110);
  const Matrix rows = random_rows(17, 110);
  Matrix batch;
  net->predict_proba(rows, batch);
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    Matrix single;
    net->predict_proba(MatrixView::row_vector(rows.row(r)), single);
    EXPECT_TRUE(same_bits(single.row(0), batch.row(r))) << r;
    double sum = 0.0;
    for (float probability : single.row(0)) sum += probability;
    EXPECT_NEAR(sum, 1.0, 1e-6);
  }
}

TEST_P(FullNet, ThreadsGetTheSameBits) {
  const auto net = random_net(GetParam()(8), 110);
  const Matrix rows = random_rows(9, 110);
  Matrix alone;
  net->predict_proba(rows, alone);
  std::vector<Matrix> answers(4);
  {
    std::vector<std::jthread> threads;
    for (Matrix& answer : answers)
      threads.emplace_back([&] {
        for (int repeat = 0; repeat < 3; ++repeat) net->predict_proba(rows, answer);
      });
  }
  for (const Matrix& answer : answers) EXPECT_TRUE(same_bits(answer.values(), alone.values()));
}

INSTANTIATE_TEST_SUITE_P(Architectures, FullNet,
                         ::testing::Values(&mlp, &cnn1d, &lstm, &gru, &cnn_lstm));

TEST(NeuralNet, TakesNoRows) {
  const auto net = random_net(mlp(8), 20);
  Matrix out(3, 3);
  net->predict_proba(Matrix(0, 20), out);
  EXPECT_EQ(out.num_rows(), 0u);
  EXPECT_EQ(out.num_cols(), 8u);
}

TEST(NeuralNet, RefusesBadWeights) {
  const Graph graph{{Dense{3}, BatchNorm{}, Softmax{}}};
  const Plan p = *plan(graph, 4);
  const auto message_of = [&](AlignedFloats weights) {
    const auto net = NeuralNet::create(graph, 4, std::move(weights));
    EXPECT_FALSE(net);
    EXPECT_EQ(net.error().code, ErrorCode::kCorrupt);
    return net.error().message;
  };
  EXPECT_THAT(message_of(AlignedFloats(p.num_floats + 1)), HasSubstr("floats of weights"));
  AlignedFloats nan(p.num_floats);
  nan[2] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(message_of(nan), HasSubstr("dense_1/kernel holds nan"));
  AlignedFloats negative(p.num_floats);
  negative[p.weights().back().offset] = -1.0f;
  EXPECT_THAT(message_of(negative), HasSubstr("batch_norm_1/moving_variance holds -1"));
}

}  // namespace
}  // namespace sermo::model::nn
