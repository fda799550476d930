#include "sermo/learn/logistic/lbfgs.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>
#include <utility>

namespace sermo::learn {
namespace {

using Vector = std::vector<double>;

double dot(const Vector& a, const Vector& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

void add_scaled(Vector& to, double factor, const Vector& from) {
  for (size_t i = 0; i < to.size(); ++i) to[i] += factor * from[i];
}

double largest(const Vector& values) {
  double most = 0.0;
  for (double value : values) most = std::max(most, std::abs(value));
  return most;
}

struct Pair {
  Vector step;             // s: how x changed
  Vector gradient_change;  // y
  double rho;              // 1 / (s . y)
};

// The two-loop recursion: an approximate Newton direction.
Vector direction(const Vector& gradient, const std::deque<Pair>& pairs) {
  Vector d = gradient;
  std::vector<double> alphas(pairs.size());
  for (size_t i = pairs.size(); i-- > 0;) {
    alphas[i] = pairs[i].rho * dot(pairs[i].step, d);
    add_scaled(d, -alphas[i], pairs[i].gradient_change);
  }
  if (!pairs.empty()) {
    const Pair& last = pairs.back();
    const double scale = 1.0 / (last.rho * dot(last.gradient_change, last.gradient_change));
    for (double& value : d) value *= scale;
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    add_scaled(d, alphas[i] - pairs[i].rho * dot(pairs[i].gradient_change, d), pairs[i].step);
  }
  for (double& value : d) value = -value;
  return d;
}

}  // namespace

LbfgsResult minimise(
    std::vector<double> start,
    const std::function<double(std::span<const double> x, std::span<double> gradient)>& function,
    const std::function<bool()>& keep_going, const LbfgsOptions& options) {
  LbfgsResult result{std::move(start), 0.0, 0, false};
  Vector gradient(result.x.size());
  result.value = function(result.x, gradient);
  std::deque<Pair> pairs;
  Vector next;
  Vector next_gradient(result.x.size());
  while (result.num_iterations < options.max_iterations && keep_going()) {
    if (largest(gradient) <= options.gradient_tolerance) {
      result.converged = true;
      break;
    }
    Vector towards = direction(gradient, pairs);
    double slope = dot(gradient, towards);
    if (!(slope < 0.0)) {  // rounding has spoilt the history: start again from the steepest descent
      pairs.clear();
      towards = direction(gradient, pairs);
      slope = dot(gradient, towards);
    }
    constexpr double kArmijo = 1e-4;
    constexpr double kShortest = 1e-20;
    double length = pairs.empty() ? std::min(1.0, 1.0 / largest(gradient)) : 1.0;
    double value = 0.0;
    for (;; length *= 0.5) {
      next = result.x;
      add_scaled(next, length, towards);
      value = function(next, next_gradient);
      if (value <= result.value + kArmijo * length * slope || length < kShortest) break;
    }
    if (!(value < result.value)) break;  // as low as rounding allows
    Pair pair{next, next_gradient, 0.0};
    add_scaled(pair.step, -1.0, result.x);
    add_scaled(pair.gradient_change, -1.0, gradient);
    const double curvature = dot(pair.step, pair.gradient_change);
    result.x.swap(next);
    gradient.swap(next_gradient);
    result.value = value;
    ++result.num_iterations;
    if (curvature <= 0.0) continue;
    pair.rho = 1.0 / curvature;
    pairs.push_back(std::move(pair));
    if (pairs.size() > options.history) pairs.pop_front();
  }
  return result;
}

}  // namespace sermo::learn
