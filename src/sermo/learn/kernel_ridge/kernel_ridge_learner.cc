#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "sermo/base/mt19937.h"
#include "sermo/learn/clipped_rows.h"
#include "sermo/learn/positive_definite.h"
#include "sermo/learn/principal_components.h"
#include "sermo/learn/row_products.h"
#include "sermo/model/kernel_ridge/kernel_ridge_core.h"

namespace sermo::learn {
namespace {

// k(x, y) of all pairs, the whole matrix.
FloatRows kernel_of(const FloatRows& rows, double gamma) {
  const Eigen::VectorXd squares = rows.cast<double>().rowwise().squaredNorm();
  FloatRows kernel(rows.rows(), rows.rows());
  constexpr Eigen::Index kRun = 512;  // rows at a time, so that little is held in float64
  for (Eigen::Index at = 0; at < rows.rows(); at += kRun) {
    const Eigen::Index count = std::min(kRun, rows.rows() - at);
    const Eigen::MatrixXd products =
        row_products(rows.middleRows(at, count), rows.topRows(at + count));
    for (Eigen::Index r = 0; r < count; ++r) {
      for (Eigen::Index c = 0; c <= at + r; ++c) {
        const double distance = squares[at + r] + squares[c] - 2.0 * products(r, c);
        kernel(at + r, c) = static_cast<float>(std::exp(-gamma * std::max(0.0, distance)));
      }
    }
  }
  kernel.triangularView<Eigen::StrictlyUpper>() = kernel.transpose();
  return kernel;
}

// (K + diag(d)) X in float64, of K only what is above the diagonal.
Eigen::MatrixXd times(const FloatRows& kernel, const Eigen::VectorXd& diagonal,
                      const Eigen::MatrixXd& x) {
  Eigen::MatrixXd out = diagonal.asDiagonal() * x;
  constexpr Eigen::Index kRun = 64;
  Eigen::MatrixXd run;
  for (Eigen::Index at = 0; at < kernel.rows(); at += kRun) {
    const Eigen::Index count = std::min(kRun, kernel.rows() - at);
    const Eigen::Index rest = kernel.rows() - at;
    run = kernel.block(at, at, count, rest).cast<double>();
    run.leftCols(count).triangularView<Eigen::Lower>().setZero();
    out.middleRows(at, count).noalias() += run * x.bottomRows(rest);
    out.bottomRows(rest).noalias() += run.transpose() * x.middleRows(at, count);
  }
  return out;
}

// One-hot less 1 / K, [N, K].
Eigen::MatrixXd targets_of(std::span<const int> labels, size_t num_labels) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Constant(static_cast<Eigen::Index>(labels.size()),
                                                  static_cast<Eigen::Index>(num_labels),
                                                  -1.0 / static_cast<double>(num_labels));
  for (size_t r = 0; r < labels.size(); ++r) out(static_cast<Eigen::Index>(r), labels[r]) += 1.0;
  return out;
}

// All rows, or as many as are learnt from, in the order of the table.
std::vector<size_t> chosen_rows(size_t num_rows, size_t max_rows, uint64_t seed) {
  std::vector<size_t> rows(num_rows);
  std::iota(rows.begin(), rows.end(), size_t{0});
  if (num_rows <= max_rows) return rows;
  rows = RandomState(static_cast<uint32_t>(seed)).permutation(num_rows);
  rows.resize(max_rows);
  std::ranges::sort(rows);
  return rows;
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
  if (options.max_rows == 0)
    return fail(ErrorCode::kUsage, "kernel_ridge: no rows, wanted at least one");
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
          {"components", options_.components},
          {"max_rows", options_.max_rows},
          {"sharpness", options_.sharpness}};
}

Result<std::shared_ptr<const model::Core>> KernelRidgeLearner::fit_core(
    const ScaledExamples& examples, const FitRequest& request) const {
  const std::vector<size_t> chosen =
      chosen_rows(examples.features.num_rows(), options_.max_rows, request.seed);
  FloatRows rows = clipped_rows(examples.features, options_.clip);
  const double gamma = options_.gamma / static_cast<double>(rows.cols());
  if (chosen.size() < examples.labels.size()) rows = FloatRows(rows(chosen, Eigen::all));
  FloatRows projection;
  if (options_.components > 0 &&
      options_.components < static_cast<size_t>(std::min(rows.rows(), rows.cols()))) {
    projection = principal_components(rows, options_.components);
    rows = product(rows, projection);
  }
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");

  std::vector<int> labels;
  for (const size_t r : chosen) labels.push_back(examples.labels[r]);
  const std::vector<double> weights =
      row_weights(ClassWeight::kBalanced, labels, examples.num_labels);
  Eigen::VectorXd diagonal(rows.rows());
  for (Eigen::Index r = 0; r < rows.rows(); ++r)
    diagonal[r] = 1.0 + options_.ridge / weights[static_cast<size_t>(r)];
  FloatRows kernel = kernel_of(rows, gamma);
  kernel.diagonal() = diagonal.cast<float>();
  const std::optional<Eigen::MatrixXd> coefficients = solve_positive_definite(
      kernel, targets_of(labels, examples.num_labels),
      [&](const Eigen::MatrixXd& x) { return times(kernel, diagonal, x); }, request.cancel);
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");
  if (!coefficients)
    return fail(ErrorCode::kNotFinite, "kernel_ridge: the equations have no exact solution; a "
                                       "larger ridge would help");

  const auto matrix = [](const FloatRows& from) {
    return Matrix(std::vector<float>(from.data(), from.data() + from.size()),
                  static_cast<size_t>(from.rows()), static_cast<size_t>(from.cols()));
  };
  model::KernelRidgeOptions core{.num_labels = examples.num_labels,
                                 .gamma = gamma,
                                 .sharpness = options_.sharpness,
                                 .clip = options_.clip,
                                 .projection = matrix(projection),
                                 .rows = matrix(rows),
                                 .coefficients = {}};
  for (Eigen::Index r = 0; r < coefficients->rows(); ++r) {
    for (Eigen::Index k = 0; k < coefficients->cols(); ++k)
      core.coefficients.push_back((*coefficients)(r, k));
  }
  SERMO_TRY(std::shared_ptr<const model::Core> made,
            model::KernelRidgeCore::create(std::move(core)));
  return made;
}

}  // namespace sermo::learn
