#include "sermo/learn/kernel_ridge/kernel_ridge_learner.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sermo/learn/clipped_rows.h"
#include "sermo/model/kernel_ridge/kernel_ridge_core.h"

namespace sermo::learn {
namespace {

// exp(-gamma |x - y|^2) of all pairs of rows, the lower triangle.
Eigen::MatrixXd kernel_of(const RowMatrix& rows, double gamma) {
  Eigen::MatrixXd kernel = Eigen::MatrixXd::Zero(rows.rows(), rows.rows());
  kernel.selfadjointView<Eigen::Lower>().rankUpdate(rows);
  const Eigen::VectorXd norms = kernel.diagonal();
  for (Eigen::Index c = 0; c < kernel.cols(); ++c) {
    for (Eigen::Index r = c; r < kernel.rows(); ++r) {
      const double distance = std::max(0.0, norms[r] + norms[c] - 2.0 * kernel(r, c));
      kernel(r, c) = std::exp(-gamma * distance);
    }
  }
  return kernel;
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
          {"sharpness", options_.sharpness}};
}

Result<std::shared_ptr<const model::Core>> KernelRidgeLearner::fit_core(
    const ScaledExamples& examples, const FitRequest& request) const {
  const RowMatrix rows = clipped_rows(examples.features, options_.clip);
  const Eigen::Index num_rows = rows.rows();
  const size_t num_labels = examples.num_labels;
  const double gamma = options_.gamma / static_cast<double>(rows.cols());
  const std::vector<double> weights =
      row_weights(ClassWeight::kBalanced, examples.labels, num_labels);
  Eigen::MatrixXd kernel = kernel_of(rows, gamma);
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");
  Eigen::MatrixXd targets = Eigen::MatrixXd::Constant(
      num_rows, static_cast<Eigen::Index>(num_labels), -1.0 / static_cast<double>(num_labels));
  for (Eigen::Index r = 0; r < num_rows; ++r) {
    targets(r, examples.labels[static_cast<size_t>(r)]) += 1.0;
    kernel(r, r) += options_.ridge / weights[static_cast<size_t>(r)];
  }
  const Eigen::LLT<Eigen::Ref<Eigen::MatrixXd>> factors(kernel);  // in the kernel's own memory
  const Eigen::MatrixXd alpha = factors.solve(targets);
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");

  model::KernelRidgeOptions core{
      .num_labels = num_labels,
      .gamma = gamma,
      .sharpness = options_.sharpness,
      .clip = options_.clip,
      .rows = Matrix(examples.features.num_rows(), examples.features.num_cols()),
      .coefficients = {}};
  for (Eigen::Index r = 0; r < num_rows; ++r) {
    for (Eigen::Index c = 0; c < rows.cols(); ++c)
      core.rows(static_cast<size_t>(r), static_cast<size_t>(c)) = static_cast<float>(rows(r, c));
    for (Eigen::Index k = 0; k < alpha.cols(); ++k) core.coefficients.push_back(alpha(r, k));
  }
  SERMO_TRY(std::shared_ptr<const model::Core> made,
            model::KernelRidgeCore::create(std::move(core)));
  return made;
}

}  // namespace sermo::learn
