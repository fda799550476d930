// A support vector machine of two classes on a kernel matrix, solved by libsvm's C-SVC.
//
// The kernel is computed once and shared by all fits on subsets of the rows. libsvm runs with
// probability = 0, so that it draws no random numbers, and prints nothing. Thread rule: solve() may
// run side by side with any other.
#pragma once

#include <memory>
#include <span>
#include <vector>

namespace sermo::learn {

struct TwoClassOptions {
  double positive_cost = 1.0;  // C of rows of the first class
  double negative_cost = 1.0;  // and of the second
};

// f(x) = sum_r coefficients[r] k(row r, x) - offset, positive for the first class.
struct TwoClassSolution {
  std::vector<double> coefficients;  // [n] for all rows of the machine; 0 if no support vector
  double offset = 0.0;               // libsvm's rho
};

class TwoClassSvm {
 public:
  // `kernel` is [n, n], row-major and symmetric; the first `num_positive` rows are the first class.
  TwoClassSvm(std::span<const double> kernel, size_t num_rows, size_t num_positive);
  ~TwoClassSvm();
  TwoClassSvm(const TwoClassSvm&) = delete;
  TwoClassSvm& operator=(const TwoClassSvm&) = delete;

  // Learns from these rows, ascending. Where they are of one class only, the solution is libsvm's
  // convention for it: +1 or -1 everywhere (0 without any row).
  TwoClassSolution solve(std::span<const size_t> rows, const TwoClassOptions& options) const;

  // f of one of the rows.
  double decide(const TwoClassSolution& solution, size_t row) const;

 private:
  struct Nodes;

  size_t num_rows_;
  size_t num_positive_;
  std::unique_ptr<const Nodes> nodes_;
};

}  // namespace sermo::learn
