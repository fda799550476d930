#include "sermo/dsp/convolution.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "filter_goldens.h"
#include "sermo/base/normal.h"

namespace sermo::dsp {
namespace {

// Float32 rounding in two transforms of 16384 points: measured at most 6e-7 of the output's root
// mean square.
constexpr double kRelativeTolerance = 3e-6;

double root_mean_square(std::span<const float> values) {
  double sum = 0.0;
  for (const float value : values) sum += static_cast<double>(value) * value;
  return std::sqrt(sum / static_cast<double>(values.size()));
}

double largest_difference(std::span<const float> a, std::span<const float> b) {
  double largest = 0.0;
  for (size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

std::vector<float> noise(size_t size, uint64_t seed) {
  std::vector<float> values(size);
  Random random(seed, 0);
  fill_normal(random, values);
  return values;
}

// The definition.
std::vector<float> slow(std::span<const float> signal, std::span<const float> kernel) {
  std::vector<double> sums(signal.size() + kernel.size() - 1);
  for (size_t n = 0; n < signal.size(); ++n) {
    for (size_t k = 0; k < kernel.size(); ++k)
      sums[n + k] += static_cast<double>(signal[n]) * kernel[k];
  }
  return {sums.begin(), sums.end()};
}

TEST(Convolution, EqualsScipy) {
  const testing::FilterGoldens goldens;
  const std::vector<float> signal = goldens.floats("signal");
  Convolver convolver;
  for (const std::string taps : {"1", "2", "403", "1500"}) {
    const std::vector<float> kernel = goldens.floats("kernel_" + taps);
    const std::vector<float> wanted = goldens.floats("full_" + taps);
    std::vector<float> got(wanted.size());
    convolver.convolve(signal, kernel, 0, got);
    EXPECT_LT(largest_difference(got, wanted), kRelativeTolerance * root_mean_square(wanted))
        << taps << " taps";
  }
}

TEST(Convolution, AnySliceOfTheFullOneIsTheSame) {
  const std::vector<float> signal = noise(5000, 1);
  const std::vector<float> kernel = noise(301, 2);
  const std::vector<float> full = slow(signal, kernel);
  Convolver convolver;
  for (const auto& [first, size] : {std::pair<size_t, size_t>{150, 5000}, {0, 1}, {5200, 100}}) {
    std::vector<float> got(size, 7.0f);
    convolver.convolve(signal, kernel, first, got);
    EXPECT_LT(largest_difference(got, std::span(full).subspan(first, size)),
              kRelativeTolerance * root_mean_square(full))
        << "from " << first;
  }
}

TEST(Convolution, BeyondTheFullOneAreZeros) {
  const std::vector<float> signal = noise(100, 1);
  const std::vector<float> kernel = noise(10, 2);
  std::vector<float> got(50, 7.0f);
  Convolver().convolve(signal, kernel, 109, got);
  EXPECT_LT(largest_difference(got, std::vector<float>(50)), 1e-5);
  Convolver().convolve({}, kernel, 0, got);
  EXPECT_EQ(got, std::vector<float>(50));
}

// Longer than the largest transform: cut into three pieces.
TEST(Convolution, KernelsMayBeLongerThanATransform) {
  const std::vector<float> kernel = noise(40'000, 3);
  std::vector<float> signal(60'000);
  signal[10] = 1.0f;
  signal[30'000] = -2.0f;
  const auto at = [&](size_t n, size_t pulse) {
    return n >= pulse && n - pulse < kernel.size() ? kernel[n - pulse] : 0.0f;
  };
  std::vector<float> wanted(signal.size());
  for (size_t n = 0; n < wanted.size(); ++n) wanted[n] = at(n, 10) - 2.0f * at(n, 30'000);
  std::vector<float> got(signal.size());
  Convolver().convolve(signal, kernel, 0, got);
  EXPECT_LT(largest_difference(got, wanted), 5 * kRelativeTolerance * root_mean_square(wanted));
}

TEST(Convolution, AConvolverThatWasUsedGivesTheSameBits) {
  const std::vector<float> signal = noise(20'000, 1);
  const std::vector<float> kernel = noise(403, 2);
  std::vector<float> fresh(signal.size());
  Convolver().convolve(signal, kernel, 201, fresh);
  Convolver used;
  std::vector<float> other(50'000);
  used.convolve(noise(50'000, 4), noise(9'000, 5), 0, other);
  std::vector<float> again(signal.size());
  used.convolve(signal, kernel, 201, again);
  EXPECT_EQ(fresh, again);
}

}  // namespace
}  // namespace sermo::dsp
