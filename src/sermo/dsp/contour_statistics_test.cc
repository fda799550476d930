#include "sermo/dsp/contour_statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "instruction_sets.h"

namespace sermo::dsp {
namespace {

using Contour = std::vector<float>;

Contour random_contour(size_t size, unsigned seed) {
  std::mt19937 rng(seed);
  std::normal_distribution<float> normal(40.0f, 5.0f);
  Contour x(size);
  for (float& value : x) value = normal(rng);
  return x;
}

// The definitions, in double.
std::vector<double> slow_delta(const std::vector<double>& x) {
  const auto at = [&](std::ptrdiff_t i) {
    return x[static_cast<size_t>(
        std::clamp<std::ptrdiff_t>(i, 0, static_cast<std::ptrdiff_t>(x.size()) - 1))];
  };
  std::vector<double> out;
  for (std::ptrdiff_t f = 0; f < static_cast<std::ptrdiff_t>(x.size()); ++f) {
    double sum = 0;
    for (std::ptrdiff_t i = 1; i <= 4; ++i) sum += static_cast<double>(i) * (at(f + i) - at(f - i));
    out.push_back(sum / 60.0);
  }
  return out;
}

double mean_of(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += value;
  return sum / static_cast<double>(x.size());
}

double std_of(const std::vector<double>& x) {
  const double mean = mean_of(x);
  double sum = 0;
  for (const double value : x) sum += (value - mean) * (value - mean);
  return std::sqrt(sum / static_cast<double>(x.size()));
}

void expect_equals_definitions(const Contour& contour) {
  SCOPED_TRACE(contour.size());
  const std::vector<double> x(contour.begin(), contour.end());
  const auto n = static_cast<double>(x.size());
  ContourStatistics statistics;
  const ContourStatistics::Values got = statistics.compute(contour);
  // Float32 deviations, squared and summed.
  const double tolerance = 2e-5;
  EXPECT_NEAR(got[kContourMean], mean_of(x), 1e-5);
  EXPECT_NEAR(got[kContourStd], std_of(x), tolerance);
  const std::vector<double> delta = slow_delta(x);
  std::vector<double> absolute = delta;
  for (double& value : absolute) value = std::abs(value);
  EXPECT_NEAR(got[kDeltaAbsMean], mean_of(absolute), tolerance);
  EXPECT_NEAR(got[kDeltaStd], std_of(delta), tolerance);
  EXPECT_NEAR(got[kDelta2Std], std_of(slow_delta(delta)), tolerance);

  double third = 0, fourth = 0;
  for (const double value : x) {
    const double z = (value - mean_of(x)) / (std_of(x) + 1e-6);
    third += z * z * z / n;
    fourth += z * z * z * z / n;
  }
  EXPECT_NEAR(got[kContourSkewness], third, tolerance);
  EXPECT_NEAR(got[kContourKurtosis], fourth, 5 * tolerance);

  std::vector<double> sorted = x;
  std::sort(sorted.begin(), sorted.end());
  const double shares[] = {0.05, 0.25, 0.5, 0.75, 0.95};
  for (size_t q = 0; q < 5; ++q) {
    const double place = shares[q] * (n - 1);
    const auto below = static_cast<size_t>(std::floor(place));
    const size_t above = std::min(below + 1, x.size() - 1);
    const double want =
        sorted[below] + (place - std::floor(place)) * (sorted[above] - sorted[below]);
    EXPECT_NEAR(got[kPercentile05 + q], want, 1e-5);
  }
  EXPECT_FLOAT_EQ(got[kRange05To95], got[kPercentile95] - got[kPercentile05]);
  EXPECT_FLOAT_EQ(got[kRange25To75], got[kPercentile75] - got[kPercentile25]);

  for (const auto& [first, parts] : {std::pair<size_t, size_t>{kThird1, 3}, {kEighth1, 8}}) {
    size_t start = 0;
    for (size_t p = 0; p < parts; ++p) {
      const size_t length = x.size() / parts + (p < x.size() % parts ? 1 : 0);
      const std::vector<double> part(x.begin() + static_cast<std::ptrdiff_t>(start),
                                     x.begin() + static_cast<std::ptrdiff_t>(start + length));
      const double want = x.size() < parts ? mean_of(x) : mean_of(part);
      EXPECT_NEAR(got[first + p], want, 1e-5);
      start += length;
    }
  }
}

TEST(ContourStatistics, EqualTheDefinitions) {
  for (const size_t size : {1, 2, 3, 7, 8, 9, 15, 16, 17, 64, 100, 250, 1030})
    expect_equals_definitions(random_contour(size, static_cast<unsigned>(size)));
}

TEST(ContourStatistics, EqualTheDefinitionsForEveryInstructionSet) {
  testing::for_each_instruction_set([] { expect_equals_definitions(random_contour(203, 5)); });
}

TEST(ContourStatistics, TheParabolaIsTheBestOne) {
  // A parabola and a wave that is orthogonal to it by its fitted coefficients: recovered exactly.
  Contour x(201);
  for (size_t f = 0; f < x.size(); ++f) {
    const double t = -1.0 + 2.0 * static_cast<double>(f) / 200.0;
    x[f] = static_cast<float>(3.0 + 2.0 * t - 5.0 * t * t);
  }
  ContourStatistics statistics;
  const auto got = statistics.compute(x);
  EXPECT_NEAR(got[kSlope], 2.0, 1e-5);
  EXPECT_NEAR(got[kCurvature], -5.0, 1e-5);
  EXPECT_NEAR(got[kResidualStd], 0.0, 1e-5);
  // Leaving the parabola out leaves the rest: the residual of a noisy one is the noise's.
  const Contour noise = random_contour(x.size(), 9);
  Contour both = x;
  for (size_t f = 0; f < x.size(); ++f) both[f] += noise[f];
  EXPECT_NEAR(statistics.compute(both)[kResidualStd], statistics.compute(noise)[kResidualStd],
              1e-4);
}

TEST(ContourStatistics, AContourThatNeverChangesIsStill) {
  ContourStatistics statistics;
  for (const float value : {0.0f, 1.0f / 3.0f, -51.234567f, 1e6f}) {
    for (const size_t size : {1, 3, 8, 33, 370}) {
      const auto got = statistics.compute(Contour(size, value));
      EXPECT_EQ(got[kContourMean], value);
      for (const size_t still :
           {kContourStd, kDeltaAbsMean, kDeltaStd, kDelta2Std, kRange05To95, kContourSkewness,
            kContourKurtosis, kSlope, kCurvature, kResidualStd}) {
        EXPECT_EQ(got[still], 0.0f) << still;
      }
      EXPECT_EQ(got[kPercentile50], value);
      EXPECT_EQ(got[kEighth8], value);
    }
  }
}

TEST(ContourStatistics, RemembersNothing) {
  ContourStatistics statistics;
  const Contour x = random_contour(50, 1);
  const auto fresh = statistics.compute(x);
  statistics.compute(random_contour(400, 2));
  EXPECT_EQ(statistics.compute(x), fresh);
}

TEST(ContourDelta, EqualsTheDefinitionAcrossPieces) {
  for (const size_t size : {1, 4, 255, 256, 257, 600}) {
    const Contour contour = random_contour(size, 3);
    Contour got(size);
    contour_delta(contour, got);
    const std::vector<double> want = slow_delta({contour.begin(), contour.end()});
    for (size_t f = 0; f < size; ++f) ASSERT_NEAR(got[f], want[f], 1e-5) << f << " of " << size;
  }
}

}  // namespace
}  // namespace sermo::dsp
