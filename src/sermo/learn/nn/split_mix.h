// SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014): a
// nanosecond for 64 random bits, for what needs millions of them a second, such as dropout.
// Thread rule: a plain value.
#pragma once

#include <cstdint>

namespace sermo::learn::nn {

class SplitMix64 {
 public:
  explicit SplitMix64(uint64_t seed) : state_(seed) {}

  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

 private:
  uint64_t state_;
};

}  // namespace sermo::learn::nn
