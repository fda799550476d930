// Systems of equations with a large positive definite matrix, solved at the speed of float32 and
// nearly to the precision of float64.
//
// Factored by blocked Cholesky in float32, its products by oneDNN (left-looking; Golub & Van Loan,
// "Matrix Computations", section 4.2); what a solution leaves over is computed in float64 and
// solved for again until it is gone (iterative refinement; Higham, "Accuracy and Stability of
// Numerical Algorithms", chapter 12). Enough where the matrix, as kernels with a ridge are, is far
// from singular for float32: largest over smallest eigenvalue below a million or so. One thread.
// Thread rule: pure function.
#pragma once

#include <Eigen/Core>
#include <functional>
#include <optional>
#include <stop_token>

#include "sermo/learn/row_products.h"

namespace sermo::learn {

// The solution X [N, K] of A X = `right` [N, K]. Of A the lower triangle is read from `matrix`
// [N, N] and holds the factor afterwards; what is above the diagonal is left alone. `apply` gives
// A X in float64, so the solution is that of the matrix which `apply` stands for. Nothing where A
// is not positive definite in float32, what is left over does not vanish, or `cancel` was
// requested.
std::optional<Eigen::MatrixXd> solve_positive_definite(
    Eigen::Ref<FloatRows> matrix, const Eigen::MatrixXd& right,
    const std::function<Eigen::MatrixXd(const Eigen::MatrixXd&)>& apply,
    const std::stop_token& cancel = {});

}  // namespace sermo::learn
