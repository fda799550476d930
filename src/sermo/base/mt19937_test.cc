#include "sermo/base/mt19937.h"

#include <gtest/gtest.h>

#include <random>

#include "sermo/base/npz.h"
#include "test_paths.h"

namespace sermo {
namespace {

// Written by tools/golden/make_mt19937_goldens.py with numpy.random.RandomState.
const NpzArchive& goldens() {
  static const NpzArchive archive = read_npz(testing::test_data() / "mt19937.npz").value();
  return archive;
}

template <typename T>
const std::vector<T>& golden(const std::string& name) {
  return std::get<std::vector<T>>(goldens().find(name).value()->values);
}

constexpr uint32_t kSeeds[] = {0, 1, 42, 20231, 4294967295U};

TEST(Mt19937, EqualsTheStandardLibrarysGenerator) {
  for (const uint32_t seed : kSeeds) {
    RandomState random(seed);
    std::mt19937 reference(seed);
    for (int i = 0; i < 5000; ++i) ASSERT_EQ(random.next_u32(), reference()) << seed << ", " << i;
  }
}

// The first outputs in mt19937ar.out of the authors' distribution.
TEST(Mt19937, KeySeedingEqualsThePublishedOutput) {
  const std::vector<uint32_t> key = {0x123, 0x234, 0x345, 0x456};
  RandomState random{std::span(key)};
  for (const uint32_t wanted : {1067595299U, 955945823U, 477289528U, 4107218783U, 4228976476U})
    EXPECT_EQ(random.next_u32(), wanted);
}

TEST(Mt19937, KeySeedingEqualsNumpys) {
  std::vector<uint32_t> long_key(1000);
  for (size_t i = 0; i < long_key.size(); ++i) long_key[i] = static_cast<uint32_t>(i * i);
  const std::vector<std::vector<uint32_t>> keys = {{7}, {1, 2, 3}, long_key};
  for (const std::vector<uint32_t>& key : keys) {
    RandomState random{std::span(key)};
    for (const int64_t wanted : golden<int64_t>("key" + std::to_string(key.size()) + "_u32"))
      ASSERT_EQ(random.next_u32(), wanted) << key.size();
  }
}

TEST(Mt19937, RandomSampleEqualsNumpys) {
  for (const uint32_t seed : kSeeds) {
    RandomState random(seed);
    for (const double wanted : golden<double>("seed" + std::to_string(seed) + "_random_sample"))
      ASSERT_EQ(random.random_sample(), wanted) << seed;
  }
}

TEST(Mt19937, RandintEqualsNumpys) {
  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
  const std::pair<int64_t, int64_t> ranges[] = {
      {0, 10},         {0, 1},          {-5, 100},      {0, 2147483647},
      {0, 4294967296}, {0, 4294967297}, {0, 1LL << 40}, {kLowest, kHighest}};
  for (const uint32_t seed : kSeeds) {
    RandomState random(seed);
    for (size_t r = 0; r < std::size(ranges); ++r) {
      for (const int64_t wanted :
           golden<int64_t>("seed" + std::to_string(seed) + "_randint" + std::to_string(r))) {
        ASSERT_EQ(random.randint(ranges[r].first, ranges[r].second), wanted)
            << "seed " << seed << ", range " << r;
      }
    }
  }
}

TEST(Mt19937, PermutationAndShuffleEqualNumpys) {
  for (const uint32_t seed : kSeeds) {
    RandomState random(seed);
    for (const size_t n : {0U, 1U, 2U, 10U, 1000U}) {
      const std::vector<int64_t>& wanted =
          golden<int64_t>("seed" + std::to_string(seed) + "_permutation" + std::to_string(n));
      const std::vector<size_t> order = random.permutation(n);
      EXPECT_EQ(std::vector<int64_t>(order.begin(), order.end()), wanted);
    }
    std::vector<int> values;
    for (int i = 0; i < 37; ++i) values.push_back(i / 3);
    random.shuffle(std::span<int>(values));
    EXPECT_EQ(std::vector<int64_t>(values.begin(), values.end()),
              golden<int64_t>("seed" + std::to_string(seed) + "_shuffle"));
  }
}

}  // namespace
}  // namespace sermo
