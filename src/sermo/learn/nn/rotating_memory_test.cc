#include "sermo/learn/nn/rotating_memory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "sermo/learn/nn/initialise.h"
#include "sermo/base/random.h"
#include "sermo/model/nn/neural_net.h"

namespace sermo::learn::nn {
namespace {

using model::nn::AlignedFloats;
using model::nn::Graph;
using model::nn::NeuralNet;
using model::nn::Plan;
using model::nn::Weight;
using ::testing::Each;

constexpr size_t kNumSteps = 110;
constexpr double kScale = 0.1;

Graph reader_of(model::nn::Layer recurrent) {
  return {
      {model::nn::Sequence{}, recurrent, model::nn::Dense{4}, model::nn::Softmax{}},
  };
}

std::span<const float> values(const AlignedFloats& block, const Weight& weight) {
  return std::span<const float>(block).subspan(weight.offset, weight.size());
}

AlignedFloats initialised(const Plan& plan, double scale) {
  AlignedFloats block(plan.num_floats);
  initialise(plan, 5, block, scale);
  return block;
}

class RotatingMemory : public ::testing::TestWithParam<model::nn::Layer> {
 protected:
  Graph graph_ = reader_of(GetParam());
  Plan plan_ = *model::nn::plan(graph_, kNumSteps);

  // How far the answer to noise moves when input `step` is raised by one.
  double influence_of(size_t step, double scale) const {
    const auto net = *NeuralNet::create(graph_, kNumSteps, initialised(plan_, scale));
    Random random(3, 1);
    Matrix rows(2, kNumSteps);
    for (size_t i = 0; i < kNumSteps; ++i)
      rows.row(0)[i] = rows.row(1)[i] = static_cast<float>(2.0 * random.uniform() - 1.0);
    rows.row(1)[step] += 1.0f;
    Matrix out;
    net->predict_proba(rows, out);
    double moved = 0.0;
    for (size_t k = 0; k < 4; ++k) moved += std::abs(out.row(1)[k] - out.row(0)[k]);
    return moved;
  }
  // One input alone may happen to be turned away from what the dense layer looks at.
  double influence_of_ten(size_t first_step, double scale) const {
    double sum = 0.0;
    for (size_t step = first_step; step < first_step + 10; ++step) sum += influence_of(step, scale);
    return sum;
  }
  double influence_of_first_ten(double scale) const { return influence_of_ten(0, scale); }
  double influence_of_last_ten(double scale) const {
    return influence_of_ten(kNumSteps - 10, scale);
  }
};

TEST_P(RotatingMemory, HoldsTheFirstInputsAsWellAsTheLast) {
  const double ratio = influence_of_first_ten(kScale) / influence_of_last_ten(kScale);
  EXPECT_GT(ratio, 0.5);
  EXPECT_LT(ratio, 2.0);
}

// The reason to be: without it the first inputs are gone.
TEST_P(RotatingMemory, IsNotWhatKerasStartsWith) {
  EXPECT_LT(influence_of_first_ten(0.0), 1e-3 * influence_of_last_ten(0.0));
}

TEST_P(RotatingMemory, TheNextKernelIsDividedByTheScale) {
  const Weight& kernel = plan_.layers[2].weights[0];
  const AlignedFloats plain = initialised(plan_, 0.0);
  const AlignedFloats scaled = initialised(plan_, kScale);
  for (size_t i = 0; i < kernel.size(); ++i)
    EXPECT_FLOAT_EQ(values(scaled, kernel)[i],
                    values(plain, kernel)[i] / static_cast<float>(kScale));
}

TEST_P(RotatingMemory, OnlyTheCandidateReadsInputAndState) {
  const AlignedFloats block = initialised(plan_, kScale);
  for (const Weight& kernel : {plan_.layers[1].weights[0], plan_.layers[1].weights[1]}) {
    const size_t num_units = plan_.layers[1].output.channels;
    const size_t num_cols = kernel.shape[1];
    for (size_t i = 0; i < kernel.size(); ++i) {
      if (i % num_cols / num_units == 2)
        EXPECT_NE(values(block, kernel)[i], 0.0f);
      else
        EXPECT_EQ(values(block, kernel)[i], 0.0f);
    }
  }
}

TEST_P(RotatingMemory, TheSeedDecides) {
  EXPECT_EQ(initialised(plan_, kScale), initialised(plan_, kScale));
  AlignedFloats other(plan_.num_floats);
  initialise(plan_, 6, other, kScale);
  EXPECT_NE(initialised(plan_, kScale), other);
}

INSTANTIATE_TEST_SUITE_P(Layers, RotatingMemory,
                         ::testing::Values(model::nn::Lstm{128}, model::nn::Gru{128}),
                         [](const auto& test) {
                           return std::holds_alternative<model::nn::Lstm>(test.param) ? "Lstm"
                                                                                      : "Gru";
                         });

}  // namespace
}  // namespace sermo::learn::nn
