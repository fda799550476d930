#include "sermo/learn/nn/batches.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

namespace sermo::learn::nn {
namespace {

constexpr size_t kNumLabels = 3;

// Row r is {r, 1000 + r}, its label r % 3, its weight r / 10.
class BatchesTest : public ::testing::Test {
 protected:
  explicit BatchesTest(size_t num_rows = 10) : features_(num_rows, 2) {
    for (size_t r = 0; r < num_rows; ++r) {
      features_(r, 0) = static_cast<float>(r);
      features_(r, 1) = 1000.0f + static_cast<float>(r);
      labels_.push_back(static_cast<int>(r % kNumLabels));
      weights_.push_back(static_cast<double>(r) / 10.0);
    }
  }
  NetRows rows() const { return {features_, labels_, weights_}; }

  struct Taken {
    std::vector<float> features;
    std::vector<float> targets;
    std::vector<float> row_weights;
  };
  static Taken take(Batches& batches, size_t b) {
    Taken taken{std::vector<float>(batches.batch_size() * 2),
                std::vector<float>(batches.batch_size() * kNumLabels),
                std::vector<float>(batches.batch_size())};
    batches.fill(b, {taken.features, taken.targets, taken.row_weights});
    return taken;
  }

  Matrix features_;
  std::vector<int> labels_;
  std::vector<double> weights_;
};

TEST_F(BatchesTest, AnEpochHasEveryRowAndFullBatches) {
  Batches batches(rows(), kNumLabels, {.batch_size = 4}, 1);
  ASSERT_EQ(batches.num_batches(), 3u);
  std::vector<float> orders[2];
  for (std::vector<float>& order : orders) {
    batches.start_epoch();
    std::multiset<float> seen;
    for (size_t b = 0; b < 3; ++b) {
      const Taken taken = take(batches, b);
      for (size_t slot = 0; slot < 4; ++slot) {
        const float row = taken.features[2 * slot];
        EXPECT_EQ(taken.features[2 * slot + 1], 1000.0f + row);
        EXPECT_EQ(taken.row_weights[slot], row / 10.0f);
        for (size_t k = 0; k < kNumLabels; ++k)
          EXPECT_EQ(taken.targets[kNumLabels * slot + k],
                    k == static_cast<size_t>(row) % 3 ? 1.0f : 0.0f);
        seen.insert(row);
        order.push_back(row);
      }
    }
    EXPECT_EQ(std::set<float>(seen.begin(), seen.end()).size(), 10u);
    EXPECT_EQ(seen.size(), 12u);
  }
  EXPECT_NE(orders[0], orders[1]);
}

TEST_F(BatchesTest, FewRowsMakeOneBatch) {
  Batches batches(rows(), kNumLabels, {.batch_size = 64}, 1);
  EXPECT_EQ(batches.batch_size(), 10u);
  EXPECT_EQ(batches.num_batches(), 1u);
}

TEST_F(BatchesTest, TheSeedDecides) {
  const auto first = [&](uint64_t seed) {
    Batches batches(rows(), kNumLabels, {.batch_size = 10, .feature_noise = 1.0, .mixup = 0.5},
                    seed);
    batches.start_epoch();
    return take(batches, 0).features;
  };
  EXPECT_EQ(first(1), first(1));
  EXPECT_NE(first(1), first(2));
}

TEST_F(BatchesTest, LabelSmoothingSharesOut) {
  Batches batches(rows(), kNumLabels, {.batch_size = 1, .label_smoothing = 0.3}, 1);
  const Taken taken = take(batches, 0);
  const size_t label = static_cast<size_t>(taken.features[0]) % 3;
  for (size_t k = 0; k < kNumLabels; ++k)
    EXPECT_FLOAT_EQ(taken.targets[k], k == label ? 0.8f : 0.1f);
}

TEST_F(BatchesTest, MixupBlendsRowsAndTargetsInTheSameShares) {
  Batches batches(rows(), kNumLabels, {.batch_size = 10, .mixup = 1.0}, 1);
  std::vector<float> shares;
  for (int epoch = 0; epoch < 100; ++epoch) {
    batches.start_epoch();
    Batches plain = batches;
    const Taken taken = take(batches, 0);
    for (size_t slot = 0; slot < 10; ++slot) {
      const auto label =
          static_cast<size_t>(
              std::max_element(taken.targets.begin() + 3 * static_cast<long>(slot),
                               taken.targets.begin() + 3 * static_cast<long>(slot) + 3) -
              taken.targets.begin()) -
          3 * slot;
      EXPECT_FLOAT_EQ(
          taken.targets[3 * slot] + taken.targets[3 * slot + 1] + taken.targets[3 * slot + 2],
          1.0f);
      // The row's own weight tells which row it was: its label keeps the larger share.
      const auto row = static_cast<size_t>(std::lround(10.0f * taken.row_weights[slot]));
      EXPECT_EQ(label, row % 3);
      EXPECT_NEAR(taken.features[2 * slot + 1] - taken.features[2 * slot], 1000.0f, 1e-3f);
      const float target = taken.targets[3 * slot + label];
      if (target < 1.0f) {
        // Its share follows from the target; then the other row is a row.
        const float share = target;
        const float other =
            (taken.features[2 * slot] - share * static_cast<float>(row)) / (1.0f - share);
        EXPECT_NEAR(other, std::round(other), 0.05f / (1.0f - share));
        shares.push_back(share);
      }
    }
  }
  // Beta(1, 1) is uniform; its larger share is uniform from a half to one.
  ASSERT_GT(shares.size(), 300u);
  EXPECT_NEAR(
      std::accumulate(shares.begin(), shares.end(), 0.0f) / static_cast<float>(shares.size()),
      0.75f, 0.02f);
  EXPECT_GE(*std::ranges::min_element(shares), 0.5f);
}

TEST_F(BatchesTest, NoiseHasItsDeviationAndDropoutItsShare) {
  features_ = Matrix(2000, 2);
  labels_.assign(2000, 0);
  weights_.assign(2000, 1.0);
  std::fill_n(features_.data(), 4000, 5.0f);
  Batches noisy(rows(), kNumLabels, {.batch_size = 2000, .feature_noise = 0.4}, 1);
  double mean = 0.0;
  double square = 0.0;
  for (float value : take(noisy, 0).features) {
    mean += value / 4000.0;
    square += (value - 5.0) * (value - 5.0) / 4000.0;
  }
  EXPECT_NEAR(mean, 5.0, 0.03);
  EXPECT_NEAR(std::sqrt(square), 0.4, 0.02);
  Batches holed(rows(), kNumLabels, {.batch_size = 2000, .feature_dropout = 0.2}, 1);
  const std::vector<float> values = take(holed, 0).features;
  EXPECT_NEAR(static_cast<double>(std::ranges::count(values, 0.0f)) / 4000.0, 0.2, 0.03);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(values, 5.0f)) / 4000.0, 0.8, 0.03);
}

}  // namespace
}  // namespace sermo::learn::nn
