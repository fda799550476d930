#include "sermo/base/mt19937.h"

#include <algorithm>
#include <bit>
#include <numeric>

#include "sermo/base/check.h"

namespace sermo {
namespace {

// The parameters of MT19937.
constexpr size_t kMiddleWord = 397;
constexpr uint32_t kMatrixA = 0x9908B0DF;
constexpr uint32_t kUpperBit = 0x80000000;
constexpr uint32_t kLowerBits = 0x7FFFFFFF;

uint32_t twist(uint32_t upper, uint32_t lower, uint32_t middle) {
  const uint32_t joined = (upper & kUpperBit) | (lower & kLowerBits);
  return middle ^ (joined >> 1) ^ ((joined & 1U) != 0 ? kMatrixA : 0U);
}

}  // namespace

RandomState::RandomState(uint32_t seed_value) { seed(seed_value); }

// init_by_array of the reference implementation.
RandomState::RandomState(std::span<const uint32_t> key) {
  SERMO_CHECK(!key.empty(), "a key has at least one word");
  seed(19650218);
  const auto previous_mixed = [&](size_t i) { return state_[i - 1] ^ (state_[i - 1] >> 30); };
  size_t i = 1;
  const auto advance = [&] {
    if (++i < kStateWords) return;
    state_[0] = state_[kStateWords - 1];
    i = 1;
  };
  for (size_t step = 0; step < std::max(kStateWords, key.size()); ++step) {
    const size_t j = step % key.size();
    state_[i] = (state_[i] ^ (previous_mixed(i) * 1664525U)) + key[j] + static_cast<uint32_t>(j);
    advance();
  }
  for (size_t step = 1; step < kStateWords; ++step) {
    state_[i] = (state_[i] ^ (previous_mixed(i) * 1566083941U)) - static_cast<uint32_t>(i);
    advance();
  }
  state_[0] = kUpperBit;
}

void RandomState::seed(uint32_t value) {
  for (size_t i = 0; i < kStateWords; ++i) {
    state_[i] = value;
    value = 1812433253U * (value ^ (value >> 30)) + static_cast<uint32_t>(i + 1);
  }
  position_ = kStateWords;
}

void RandomState::refill() {
  for (size_t i = 0; i < kStateWords; ++i) {
    state_[i] =
        twist(state_[i], state_[(i + 1) % kStateWords], state_[(i + kMiddleWord) % kStateWords]);
  }
  position_ = 0;
}

uint32_t RandomState::next_u32() {
  if (position_ == kStateWords) refill();
  uint32_t y = state_[position_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9D2C5680U;
  y ^= (y << 15) & 0xEFC60000U;
  return y ^ (y >> 18);
}

uint64_t RandomState::next_u64() {
  const uint64_t high = next_u32();
  return high << 32 | next_u32();
}

double RandomState::random_sample() {
  const uint32_t high = next_u32() >> 5;  // 27 bits
  const uint32_t low = next_u32() >> 6;   // 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

uint64_t RandomState::interval(uint64_t max) {
  if (max == 0) return 0;
  const uint64_t mask = ~uint64_t{0} >> std::countl_zero(max);
  while (true) {
    const uint64_t value = (max <= 0xFFFFFFFFU ? next_u32() : next_u64()) & mask;
    if (value <= max) return value;
  }
}

int64_t RandomState::randint(int64_t low, int64_t high) {
  SERMO_CHECK(low < high, "randint draws from a range that is not empty");
  const uint64_t width = static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
  return static_cast<int64_t>(static_cast<uint64_t>(low) + interval(width - 1));
}

std::vector<size_t> RandomState::permutation(size_t n) {
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  shuffle(std::span<size_t>(order));
  return order;
}

}  // namespace sermo
