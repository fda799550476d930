#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sermo/base/mt19937.h"
#include "sermo/learn/clipped_rows.h"
#include "sermo/learn/row_products.h"
#include "sermo/model/kernel_ridge/kernel_ridge_core.h"

namespace sermo::learn {
namespace {

// Turns products x.y into exp(-gamma |x - y|^2), given the squares |x|^2 and |y|^2.
void to_kernel(Eigen::MatrixXd& products, const Eigen::VectorXd& of_rows,
               const Eigen::VectorXd& of_cols, double gamma) {
  for (Eigen::Index c = 0; c < products.cols(); ++c) {
    for (Eigen::Index r = 0; r < products.rows(); ++r) {
      const double distance = std::max(0.0, of_rows[r] + of_cols[c] - 2.0 * products(r, c));
      products(r, c) = std::exp(-gamma * distance);
    }
  }
}

Eigen::VectorXd squares_of(const FloatRows& rows) {
  Eigen::VectorXd out(rows.rows());
  for (Eigen::Index r = 0; r < rows.rows(); ++r) out[r] = rows.row(r).cast<double>().squaredNorm();
  return out;
}

// What is solved: rows, one-hot targets less 1 / K, and the weight of each row.
struct Problem {
  FloatRows rows;           // [N, D]
  Eigen::MatrixXd targets;  // [N, K]
  Eigen::VectorXd weights;  // [N]
};

Problem problem_of(const ScaledExamples& examples, float clip) {
  const std::vector<double> weights =
      row_weights(ClassWeight::kBalanced, examples.labels, examples.num_labels);
  Problem out{.rows = clipped_rows(examples.features, clip),
              .weights = Eigen::Map<const Eigen::VectorXd>(
                  weights.data(), static_cast<Eigen::Index>(weights.size()))};
  out.targets =
      Eigen::MatrixXd::Constant(out.rows.rows(), static_cast<Eigen::Index>(examples.num_labels),
                                -1.0 / static_cast<double>(examples.num_labels));
  for (Eigen::Index r = 0; r < out.rows.rows(); ++r)
    out.targets(r, examples.labels[static_cast<size_t>(r)]) += 1.0;
  return out;
}

// (K + ridge W^-1) A = T: every row is a centre.
Eigen::MatrixXd solve_exactly(const Problem& problem, double gamma, double ridge) {
  Eigen::MatrixXd kernel = row_products(problem.rows);
  const Eigen::VectorXd squares = squares_of(problem.rows);
  to_kernel(kernel, squares, squares, gamma);  // of what lies above the diagonal nothing is used
  kernel.diagonal().array() = 1.0 + ridge / problem.weights.array();
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factors(kernel);  // in the kernel's own memory
  return factors.solve(problem.targets);
}

// (C^T W C + ridge K) A = C^T W T, with C the kernel between all rows and the centres and K among
// these: the same sum of squares, over functions that are sums around the centres only.
Eigen::MatrixXd solve_around(const FloatRows& centres, const Problem& problem, double gamma,
                             double ridge, const std::stop_token& cancel) {
  const Eigen::VectorXd squares = squares_of(centres);
  Eigen::MatrixXd normal = row_products(centres);
  to_kernel(normal, squares, squares, gamma);
  normal *= ridge;
  Eigen::MatrixXd right = Eigen::MatrixXd::Zero(centres.rows(), problem.targets.cols());
  constexpr Eigen::Index kRun = 1024;  // rows at a time, so that memory does not grow with them
  for (Eigen::Index at = 0; at < problem.rows.rows() && !cancel.stop_requested(); at += kRun) {
    const Eigen::Index count = std::min(kRun, problem.rows.rows() - at);
    const FloatRows rows = problem.rows.middleRows(at, count);
    Eigen::MatrixXd kernel = row_products(rows, centres);
    to_kernel(kernel, squares_of(rows), squares, gamma);
    const Eigen::VectorXd weights = problem.weights.segment(at, count);
    right += kernel.transpose() * (weights.asDiagonal() * problem.targets.middleRows(at, count));
    const FloatRows weighted =
        (weights.cwiseSqrt().asDiagonal() * kernel).cast<float>();  // W^(1/2) C
    normal += column_products(weighted);
  }
  // Equal centres would make this singular, and its sums are float32's.
  constexpr double kLeast = 1e-5;  // of the mean of the diagonal
  normal.diagonal().array() += kLeast * normal.diagonal().mean();
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factors(normal);
  return factors.solve(right);
}

// Rows drawn without regard to their class, in the order of the table.
std::vector<Eigen::Index> draw_centres(Eigen::Index num_rows, size_t num_centres, uint64_t seed) {
  RandomState random(static_cast<uint32_t>(seed));
  const std::vector<size_t> order = random.permutation(static_cast<size_t>(num_rows));
  std::vector<Eigen::Index> drawn(order.begin(),
                                  order.begin() + static_cast<std::ptrdiff_t>(num_centres));
  std::ranges::sort(drawn);
  return drawn;
}

}  // namespace

Result<std::shared_ptr<const KernelRidgeLearner>> KernelRidgeLearner::create(
    KernelRidgeOptions options) {
  for (const double value : {options.ridge, options.gamma, options.sharpness}) {
    if (!std::isfinite(value) || value <= 0.0)
      return fail(ErrorCode::kUsage,
                  fmt::format("kernel_ridge: ridge {}, gamma {} and sharpness {}, wanted positive "
                              "numbers",
                              options.ridge, options.gamma, options.sharpness));
  }
  if (options.max_centres == 0)
    return fail(ErrorCode::kUsage, "kernel_ridge: no centres, wanted at least one");
  if (!std::isfinite(options.clip) || options.clip < 0.0f)
    return fail(
        ErrorCode::kUsage,
        fmt::format("kernel_ridge: clipping at {}, wanted a positive number or 0", options.clip));
  return std::shared_ptr<const KernelRidgeLearner>(new KernelRidgeLearner(options));
}

nlohmann::json KernelRidgeLearner::hyperparameters() const {
  return {{"ridge", options_.ridge},
          {"gamma", options_.gamma},
          {"clip", options_.clip},
          {"max_centres", options_.max_centres},
          {"sharpness", options_.sharpness}};
}

Result<std::shared_ptr<const model::Core>> KernelRidgeLearner::fit_core(
    const ScaledExamples& examples, const FitRequest& request) const {
  const Problem problem = problem_of(examples, options_.clip);
  const double gamma = options_.gamma / static_cast<double>(problem.rows.cols());
  const bool exact = examples.features.num_rows() <= options_.max_centres;
  const FloatRows centres =
      exact
          ? problem.rows
          : FloatRows(problem.rows(
                draw_centres(problem.rows.rows(), options_.max_centres, request.seed), Eigen::all));
  const Eigen::MatrixXd coefficients =
      exact ? solve_exactly(problem, gamma, options_.ridge)
            : solve_around(centres, problem, gamma, options_.ridge, request.cancel);
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");
  if (!coefficients.allFinite())
    return fail(ErrorCode::kNotFinite, "kernel_ridge: the equations have no finite solution");

  const auto num_centres = static_cast<size_t>(centres.rows());
  model::KernelRidgeOptions core{
      .num_labels = examples.num_labels,
      .gamma = gamma,
      .sharpness = options_.sharpness,
      .clip = options_.clip,
      .rows = Matrix(std::vector<float>(centres.data(), centres.data() + centres.size()),
                     num_centres, examples.features.num_cols()),
      .coefficients = {}};
  for (Eigen::Index r = 0; r < coefficients.rows(); ++r) {
    for (Eigen::Index k = 0; k < coefficients.cols(); ++k)
      core.coefficients.push_back(coefficients(r, k));
  }
  SERMO_TRY(std::shared_ptr<const model::Core> made,
            model::KernelRidgeCore::create(std::move(core)));
  return made;
}

}  // namespace sermo::learn
