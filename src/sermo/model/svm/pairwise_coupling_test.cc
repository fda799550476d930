#include "sermo/model/svm/pairwise_coupling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "sklearn_goldens.h"

namespace sermo::model {
namespace {

std::vector<double> solve(size_t num_labels, const std::vector<double>& pairwise) {
  std::vector<double> out(num_labels);
  PairwiseCoupling(num_labels).solve(pairwise, out);
  return out;
}

// r_ij = p_i / (p_i + p_j) for all pairs.
std::vector<double> consistent_with(const std::vector<double>& p) {
  std::vector<double> pairwise;
  for (size_t i = 0; i < p.size(); ++i) {
    for (size_t j = i + 1; j < p.size(); ++j) pairwise.push_back(p[i] / (p[i] + p[j]));
  }
  return pairwise;
}

// The paper's algorithm 2, as slow and as long as it takes.
std::vector<double> iterate(size_t n, const std::vector<double>& pairwise) {
  std::vector<std::vector<double>> r(n, std::vector<double>(n));
  size_t pair = 0;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = i + 1; j < n; ++j, ++pair) {
      r[i][j] = pairwise[pair];
      r[j][i] = 1.0 - pairwise[pair];
    }
  }
  std::vector<std::vector<double>> q(n, std::vector<double>(n));
  for (size_t t = 0; t < n; ++t) {
    for (size_t j = 0; j < n; ++j) {
      if (j == t) continue;
      q[t][t] += r[j][t] * r[j][t];
      q[t][j] = -r[j][t] * r[t][j];
    }
  }
  std::vector<double> p(n, 1.0 / static_cast<double>(n));
  for (int round = 0; round < 100'000; ++round) {
    for (size_t t = 0; t < n; ++t) {
      double others = 0.0;
      double whole = 0.0;
      for (size_t j = 0; j < n; ++j) {
        double row = 0.0;
        for (size_t i = 0; i < n; ++i) row += q[j][i] * p[i];
        whole += p[j] * row;
        if (j != t) others += q[t][j] * p[j];
      }
      p[t] = (whole - others) / q[t][t];
      const double sum = std::accumulate(p.begin(), p.end(), 0.0);
      for (double& value : p) value /= sum;
    }
  }
  return p;
}

TEST(PairwiseCoupling, EqualsThePapersEquationsSolvedByNumpy) {
  const testing::SklearnGoldens goldens("coupling");
  for (const size_t n : {size_t{2}, size_t{3}, size_t{4}, size_t{8}}) {
    const std::vector<double> pairwise = goldens.doubles("pairwise_" + std::to_string(n));
    const std::vector<double> expected = goldens.doubles("probabilities_" + std::to_string(n));
    for (size_t row = 0; row < expected.size() / n; ++row) {
      const auto begin = pairwise.begin() + static_cast<std::ptrdiff_t>(row * num_pairs(n));
      const std::vector<double> p =
          solve(n, {begin, begin + static_cast<std::ptrdiff_t>(num_pairs(n))});
      for (size_t k = 0; k < n; ++k) EXPECT_NEAR(p[k], expected[row * n + k], 1e-12);
    }
  }
}

TEST(PairwiseCoupling, IsWhereThePapersIterationEnds) {
  const std::vector<double> pairwise = {0.9, 0.2, 0.6, 0.7, 0.55, 0.31};
  const std::vector<double> expected = iterate(4, pairwise);
  const std::vector<double> p = solve(4, pairwise);
  for (size_t k = 0; k < 4; ++k) EXPECT_NEAR(p[k], expected[k], 1e-9);
}

TEST(PairwiseCoupling, TwoClassesKeepTheirProbability) {
  for (const double r : {1e-7, 0.25, 0.5, 1.0 - 1e-7}) {
    const std::vector<double> p = solve(2, {r});
    EXPECT_NEAR(p[0], r, 1e-14);
    EXPECT_NEAR(p[1], 1.0 - r, 1e-14);
  }
}

TEST(PairwiseCoupling, PairsThatAgreeGiveTheProbabilitiesTheyComeFrom) {
  const std::vector<double> truth = {0.05, 0.4, 0.1, 0.01, 0.04, 0.3, 0.07, 0.03};
  const std::vector<double> p = solve(8, consistent_with(truth));
  for (size_t k = 0; k < 8; ++k) EXPECT_NEAR(p[k], truth[k], 1e-12);
}

TEST(PairwiseCoupling, CertaintyStaysFiniteAndKeepsItsOrder) {
  constexpr double kAlmostOne = 1.0 - kLeastPairwiseProbability;
  // Each class beats all after it, as surely as libsvm's bound allows.
  const std::vector<double> p = solve(4, std::vector<double>(6, kAlmostOne));
  EXPECT_NEAR(std::accumulate(p.begin(), p.end(), 0.0), 1.0, 1e-12);
  EXPECT_GT(p[0], 0.999999);
  for (const double value : p) {
    EXPECT_TRUE(std::isfinite(value));
    EXPECT_GE(value, 0.0);
  }
  // Rock, paper, scissors: nobody is better.
  const std::vector<double> circle = solve(3, {kAlmostOne, kLeastPairwiseProbability, kAlmostOne});
  for (const double value : circle) EXPECT_NEAR(value, 1.0 / 3.0, 1e-6);
}

TEST(PairwiseCoupling, LeavesNothingBehindForTheNextRow) {
  PairwiseCoupling coupling(3);
  std::vector<double> first(3);
  std::vector<double> other(3);
  std::vector<double> again(3);
  coupling.solve(std::vector<double>{0.9, 0.8, 0.3}, first);
  coupling.solve(std::vector<double>{0.1, 0.2, 0.7}, other);
  coupling.solve(std::vector<double>{0.9, 0.8, 0.3}, again);
  EXPECT_EQ(first, again);
}

}  // namespace
}  // namespace sermo::model
