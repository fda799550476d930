#include "sermo/learn/nn/initialise.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace sermo::learn::nn {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;

std::map<std::string, std::vector<float>> initialised(uint64_t seed) {
  const model::nn::Plan plan =
      *model::nn::plan({{model::nn::Sequence{}, model::nn::Conv1d{24, 5}, model::nn::BatchNorm{},
                         model::nn::Lstm{10}, model::nn::Dense{30}, model::nn::Softmax{}}},
                       20);
  std::vector<float> block(plan.num_floats, -9.0f);
  initialise(plan, seed, block);
  std::map<std::string, std::vector<float>> named;
  for (const model::nn::Weight& weight : plan.weights()) {
    const auto begin = block.begin() + static_cast<long>(weight.offset);
    named[weight.name] = {begin, begin + static_cast<long>(weight.size())};
  }
  return named;
}

// Uniform within the limit: close to it at both ends, and of a third of its square.
void expect_uniform(const std::vector<float>& values, double limit) {
  const auto [least, largest] = std::minmax_element(values.begin(), values.end());
  EXPECT_GE(*least, -limit);
  EXPECT_LE(*largest, limit);
  EXPECT_LT(*least, -0.9 * limit);
  EXPECT_GT(*largest, 0.9 * limit);
  double square = 0.0;
  for (float value : values) square += value * value / static_cast<double>(values.size());
  EXPECT_NEAR(square, limit * limit / 3.0, 0.2 * limit * limit);
}

TEST(Initialise, KernelsAreGlorotUniform) {
  const auto weights = initialised(1);
  expect_uniform(weights.at("conv1d_1/kernel"), std::sqrt(6.0 / (5 * 1 + 5 * 24)));
  expect_uniform(weights.at("lstm_1/kernel"), std::sqrt(6.0 / (24 + 40)));
  expect_uniform(weights.at("dense_1/kernel"), std::sqrt(6.0 / (10 + 30)));
}

TEST(Initialise, RecurrentKernelsHaveOrthonormalRows) {
  const std::vector<float> kernel = initialised(1).at("lstm_1/recurrent_kernel");
  for (size_t a = 0; a < 10; ++a) {
    for (size_t b = 0; b < 10; ++b) {
      double dot = 0.0;
      for (size_t c = 0; c < 40; ++c) dot += kernel[a * 40 + c] * kernel[b * 40 + c];
      EXPECT_NEAR(dot, a == b ? 1.0 : 0.0, 1e-6) << a << " " << b;
    }
  }
}

TEST(Initialise, TheRestIsConstant) {
  const auto weights = initialised(1);
  EXPECT_THAT(weights.at("conv1d_1/bias"), Each(0.0f));
  EXPECT_THAT(weights.at("dense_1/bias"), Each(0.0f));
  EXPECT_THAT(weights.at("batch_norm_1/gamma"), Each(1.0f));
  EXPECT_THAT(weights.at("batch_norm_1/beta"), Each(0.0f));
  EXPECT_THAT(weights.at("batch_norm_1/moving_mean"), Each(0.0f));
  EXPECT_THAT(weights.at("batch_norm_1/moving_variance"), Each(1.0f));
  const std::vector<float>& bias = weights.at("lstm_1/bias");
  for (size_t i = 0; i < 40; ++i) EXPECT_EQ(bias[i], i >= 10 && i < 20 ? 1.0f : 0.0f) << i;
}

TEST(Initialise, TheSeedDecides) {
  EXPECT_EQ(initialised(5), initialised(5));
  EXPECT_NE(initialised(5), initialised(6));
  EXPECT_NE(initialised(5), initialised(5 + (uint64_t{1} << 32)));
}

}  // namespace
}  // namespace sermo::learn::nn
