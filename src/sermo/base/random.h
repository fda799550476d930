// Fast random numbers, in streams: xoshiro256++ (Blackman & Vigna 2019), seeded by SplitMix64.
//
// Distributions are written out here, because the standard library leaves theirs to each
// implementation, and a seed must give the same numbers everywhere. Thread rule: one object a
// thread.
#pragma once

#include <bit>
#include <cstdint>

namespace sermo {

class Random {
 public:
  // Streams of one seed are independent of each other: one for each tree, say.
  Random(uint64_t seed, uint64_t stream) {
    uint64_t state = seed;
    state = split_mix(state) ^ stream;
    for (uint64_t& word : state_) word = split_mix(state);
  }

  uint64_t next() {
    const uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Each of 0 to bound - 1 equally likely (Lemire 2019); bound > 0.
  uint32_t below(uint32_t bound) {
    uint64_t product = (next() >> 32) * bound;
    if (static_cast<uint32_t>(product) < bound) {
      const uint32_t rejected = (0u - bound) % bound;  // 2^32 mod bound
      while (static_cast<uint32_t>(product) < rejected) product = (next() >> 32) * bound;
    }
    return static_cast<uint32_t>(product >> 32);
  }

  // Uniform in [0, 1), a multiple of 2^-53.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  static uint64_t split_mix(uint64_t& state) {
    state += 0x9e3779b97f4a7c15;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  uint64_t state_[4];
};

}  // namespace sermo
