// Minimising a smooth function of many variables: limited-memory BFGS (Nocedal & Wright, Numerical
// Optimization, 2nd ed., algorithms 7.4 and 7.5) with a backtracking line search that meets the
// Armijo condition. For convex functions, which is all it is used for. Thread rule: pure function.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace sermo::learn {

struct LbfgsOptions {
  size_t max_iterations = 2000;
  size_t history = 20;               // pairs of steps and gradient changes that are remembered
  double gradient_tolerance = 1e-7;  // done when no partial derivative is larger
};

struct LbfgsResult {
  std::vector<double> x;
  double value = 0.0;
  size_t num_iterations = 0;
  bool converged = false;
};

// `function` gives the value at x and writes the gradient. It may return infinity outside its
// domain. `keep_going` is asked before every iteration.
LbfgsResult minimise(
    std::vector<double> start,
    const std::function<double(std::span<const double> x, std::span<double> gradient)>& function,
    const std::function<bool()>& keep_going, const LbfgsOptions& options = {});

}  // namespace sermo::learn
