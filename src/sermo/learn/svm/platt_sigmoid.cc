#include "sermo/learn/svm/platt_sigmoid.h"

#include <algorithm>
#include <cmath>

#include "sermo/base/check.h"

namespace sermo::learn {
namespace {

constexpr int kMaxSteps = 100;
constexpr double kLeastStep = 1e-10;
constexpr double kRidge = 1e-12;  // keeps the Hessian positive definite
constexpr double kLeastGradient = 1e-5;
constexpr double kSufficientDecrease = 1e-4;

// Targets and rows of one fit, and the negative log likelihood on them.
class Likelihood {
 public:
  Likelihood(std::span<const double> decisions, const std::vector<bool>& is_positive)
      : decisions_(decisions), targets_(decisions.size()) {
    const auto num_positive = std::count(is_positive.begin(), is_positive.end(), true);
    const auto positive = static_cast<double>(num_positive);
    const double negative = static_cast<double>(decisions.size()) - positive;
    for (size_t r = 0; r < targets_.size(); ++r)
      targets_[r] = is_positive[r] ? (positive + 1.0) / (positive + 2.0) : 1.0 / (negative + 2.0);
    start_ = {.slope = 0.0, .intercept = std::log((negative + 1.0) / (positive + 1.0))};
  }

  const PlattSigmoid& start() const { return start_; }

  double negative_log(const PlattSigmoid& at) const {
    double sum = 0.0;
    for (size_t r = 0; r < decisions_.size(); ++r) {
      const double logit = at.slope * decisions_[r] + at.intercept;
      // log(1 + exp(logit)) without overflow.
      const double softplus = std::log1p(std::exp(-std::abs(logit)));
      sum += (logit >= 0.0 ? targets_[r] : targets_[r] - 1.0) * logit + softplus;
    }
    return sum;
  }

  struct Derivatives {
    double slope = 0.0;
    double intercept = 0.0;
    double slope_slope = kRidge;
    double slope_intercept = 0.0;
    double intercept_intercept = kRidge;
  };
  Derivatives derivatives(const PlattSigmoid& at) const {
    Derivatives d;
    for (size_t r = 0; r < decisions_.size(); ++r) {
      const double f = decisions_[r];
      const double logit = at.slope * f + at.intercept;
      const double small = std::exp(-std::abs(logit));
      const double p = (logit >= 0.0 ? small : 1.0) / (1.0 + small);
      const double curvature = p * (1.0 - p);
      const double error = targets_[r] - p;
      d.slope += f * error;
      d.intercept += error;
      d.slope_slope += f * f * curvature;
      d.slope_intercept += f * curvature;
      d.intercept_intercept += curvature;
    }
    return d;
  }

 private:
  std::span<const double> decisions_;
  std::vector<double> targets_;
  PlattSigmoid start_;
};

}  // namespace

PlattSigmoid fit_platt_sigmoid(std::span<const double> decisions,
                               const std::vector<bool>& is_positive) {
  SERMO_CHECK(decisions.size() == is_positive.size(), "one truth a decision value");
  const Likelihood likelihood(decisions, is_positive);
  PlattSigmoid at = likelihood.start();
  double value = likelihood.negative_log(at);
  for (int step_index = 0; step_index < kMaxSteps; ++step_index) {
    const Likelihood::Derivatives d = likelihood.derivatives(at);
    if (std::abs(d.slope) < kLeastGradient && std::abs(d.intercept) < kLeastGradient) break;
    const double determinant =
        d.slope_slope * d.intercept_intercept - d.slope_intercept * d.slope_intercept;
    const double slope_step =
        -(d.intercept_intercept * d.slope - d.slope_intercept * d.intercept) / determinant;
    const double intercept_step =
        -(d.slope_slope * d.intercept - d.slope_intercept * d.slope) / determinant;
    const double descent = d.slope * slope_step + d.intercept * intercept_step;
    double step = 1.0;
    bool found = false;
    for (; step >= kLeastStep; step /= 2.0) {
      const PlattSigmoid next{at.slope + step * slope_step, at.intercept + step * intercept_step};
      const double next_value = likelihood.negative_log(next);
      if (next_value < value + kSufficientDecrease * step * descent) {
        at = next;
        value = next_value;
        found = true;
        break;
      }
    }
    if (!found) break;  // rounding lets nothing better be found
  }
  return at;
}

}  // namespace sermo::learn
