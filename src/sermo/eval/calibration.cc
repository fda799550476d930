#include "sermo/eval/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/model/classifier.h"

namespace sermo::eval {
namespace {

constexpr double kFloor =
    1e-15;  // as log_loss: a certain and wrong answer costs 34.5 nats, not infinity

// Mean negative log-likelihood after calibration, in double.
double loss(MatrixView probabilities, std::span<const int> truth,
            const model::Calibrator& calibrator) {
  const double power = 1.0 / calibrator.temperature;
  double total = 0.0;
  for (size_t r = 0; r < truth.size(); ++r) {
    double sum = 0.0;
    double of_truth = 0.0;
    for (size_t k = 0; k < probabilities.num_cols(); ++k) {
      const double p = std::pow(probabilities(r, k) + calibrator.smoothing, power);
      sum += p;
      if (static_cast<int>(k) == truth[r]) of_truth = p;
    }
    total -= std::log(std::max(of_truth / sum, kFloor));
  }
  return total / static_cast<double>(truth.size());
}

// Golden-section search for the temperature, on its logarithm: the loss is convex in 1/T.
double best_temperature(MatrixView probabilities, std::span<const int> truth, double smoothing) {
  const auto at = [&](double log_t) {
    return loss(probabilities, truth, {std::exp(log_t), smoothing});
  };
  double low = std::log(0.05);
  double high = std::log(20.0);
  constexpr double kSection = std::numbers::phi - 1.0;
  double left = high - kSection * (high - low);
  double right = low + kSection * (high - low);
  double at_left = at(left);
  double at_right = at(right);
  while (high - low > 1e-4) {
    if (at_left <= at_right) {
      high = right;
      right = left;
      at_right = at_left;
      left = high - kSection * (high - low);
      at_left = at(left);
    } else {
      low = left;
      left = right;
      at_left = at_right;
      right = low + kSection * (high - low);
      at_right = at(right);
    }
  }
  return std::exp(0.5 * (low + high));
}

}  // namespace

model::Calibrator fit_calibrator(MatrixView probabilities, std::span<const int> truth) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  if (truth.empty()) return {};
  // No smoothing comes first and a later value must be clearly better, so that it is used only
  // where votes need it.
  constexpr std::array<double, 9> kSmoothings = {0.0,  0.001, 0.003, 0.01, 0.02,
                                                 0.05, 0.1,   0.2,   0.5};
  constexpr double kClearlyBetter = 1e-3;  // nats
  model::Calibrator best;
  double least = std::numeric_limits<double>::infinity();
  for (double smoothing : kSmoothings) {
    const model::Calibrator candidate{best_temperature(probabilities, truth, smoothing), smoothing};
    const double candidate_loss = loss(probabilities, truth, candidate);
    if (candidate_loss < least - kClearlyBetter) {
      least = candidate_loss;
      best = candidate;
    }
  }
  return best;
}

std::optional<double> certainty_threshold(MatrixView probabilities, std::span<const int> truth,
                                          const CertaintyGoal& goal) {
  SERMO_CHECK(probabilities.num_rows() == truth.size(), "one true class a row");
  struct Answer {
    float confidence;
    bool right;
  };
  std::vector<Answer> answers(truth.size());
  for (size_t r = 0; r < truth.size(); ++r) {
    const size_t predicted = model::argmax(probabilities.row(r));
    answers[r] = {probabilities(r, predicted), static_cast<int>(predicted) == truth[r]};
  }
  std::sort(answers.begin(), answers.end(),
            [](const Answer& a, const Answer& b) { return a.confidence > b.confidence; });
  std::optional<double> threshold;
  size_t num_right = 0;
  for (size_t n = 0; n < answers.size(); ++n) {
    num_right += answers[n].right ? 1 : 0;
    const bool tie_goes_on =
        n + 1 < answers.size() && answers[n + 1].confidence == answers[n].confidence;
    if (tie_goes_on || n + 1 < goal.min_clips) continue;
    if (static_cast<double>(num_right) >= goal.accuracy * static_cast<double>(n + 1))
      threshold = answers[n].confidence;
  }
  return threshold;
}

}  // namespace sermo::eval
