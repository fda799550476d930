// NumPy's legacy random numbers: the Mersenne Twister and what RandomState draws from it.
//
// Every function consumes the generator exactly as numpy.random.RandomState does and returns the
// same numbers, so that a seed means here what it means in scikit-learn. Reference: Matsumoto &
// Nishimura, "Mersenne Twister" (ACM TOMACS 1998), and NumPy's legacy stream, which NEP 19 freezes.
//
// No failures. Thread rule: one generator belongs to one thread; a copy continues on its own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace sermo {

class RandomState {
 public:
  explicit RandomState(uint32_t seed);                  // RandomState(seed)
  explicit RandomState(std::span<const uint32_t> key);  // RandomState([a, b, ...]); not empty

  // 32 and 64 random bits; the first draw is the high half.
  uint32_t next_u32();
  uint64_t next_u64();

  // random_sample(): uniform in [0, 1), 53 bits.
  double random_sample();

  // randint(low, high): uniform in [low, high), low < high, by masked rejection.
  int64_t randint(int64_t low, int64_t high);

  // Uniform in [0, max], by masked rejection (what shuffle draws its positions with).
  uint64_t interval(uint64_t max);

  // shuffle(x): Fisher-Yates from the last element down.
  template <typename T>
  void shuffle(std::span<T> values) {
    for (size_t i = values.size(); i-- > 1;) {
      const size_t j = static_cast<size_t>(interval(i));
      if (i != j) std::swap(values[i], values[j]);
    }
  }

  // permutation(n): 0 ... n-1 in random order. choice(a, size, replace=False) takes its first
  // `size` positions from it.
  std::vector<size_t> permutation(size_t n);

 private:
  static constexpr size_t kStateWords = 624;

  void seed(uint32_t value);
  void refill();

  std::array<uint32_t, kStateWords> state_;
  size_t position_ = kStateWords;
};

}  // namespace sermo
