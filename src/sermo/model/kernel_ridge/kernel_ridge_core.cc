#include "sermo/model/kernel_ridge/kernel_ridge_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::model {

KernelRidgeCore::KernelRidgeCore(KernelRidgeOptions options)
    : distances_(options.rows), options_(std::move(options)) {
  options_.rows = Matrix();
}

Result<std::shared_ptr<const KernelRidgeCore>> KernelRidgeCore::create(KernelRidgeOptions options) {
  const auto corrupt = [](std::string message) {
    return fail(ErrorCode::kCorrupt, "kernel ridge: " + std::move(message));
  };
  if (options.num_labels < 2)
    return corrupt(fmt::format("{} classes, wanted at least 2", options.num_labels));
  if (options.rows.num_rows() == 0 || options.rows.num_cols() == 0) return corrupt("no rows");
  if (options.coefficients.size() % options.num_labels != 0 ||
      options.coefficients.size() / options.num_labels != options.rows.num_rows()) {
    return corrupt(fmt::format("{} coefficients for {} rows and {} classes",
                               options.coefficients.size(), options.rows.num_rows(),
                               options.num_labels));
  }
  for (const double value : {options.gamma, options.sharpness}) {
    if (!std::isfinite(value) || value <= 0.0)
      return corrupt(fmt::format("gamma {} and sharpness {}, wanted positive numbers",
                                 options.gamma, options.sharpness));
  }
  if (!std::isfinite(options.clip) || options.clip < 0.0f)
    return corrupt(fmt::format("clipping at {}", options.clip));
  const auto finite = [](auto value) { return std::isfinite(value); };
  if (!std::ranges::all_of(options.rows.values(), finite) ||
      !std::ranges::all_of(options.coefficients, finite))
    return corrupt("a value is not finite");
  return std::shared_ptr<const KernelRidgeCore>(new KernelRidgeCore(std::move(options)));
}

KernelRidgeOptions KernelRidgeCore::options() const {
  KernelRidgeOptions out = options_;
  out.rows = distances_.rows();
  return out;
}

void KernelRidgeCore::score(std::span<float> row, std::span<double> kernel,
                            std::span<double> out) const {
  if (options_.clip > 0.0f) {
    for (float& value : row) value = std::clamp(value, -options_.clip, options_.clip);
  }
  distances_.from(row, kernel);
  std::ranges::fill(out, 0.0);
  const double* coefficients = options_.coefficients.data();
  for (const double distance : kernel) {
    const double similarity = std::exp(-options_.gamma * distance);
    for (double& sum : out) sum += similarity * *coefficients++;
  }
}

std::vector<double> KernelRidgeCore::scores(std::span<const float> scaled) const {
  std::vector<float> row(scaled.begin(), scaled.end());
  std::vector<double> kernel(distances_.num_rows());
  std::vector<double> out(num_labels());
  score(row, kernel, out);
  return out;
}

void KernelRidgeCore::predict_proba(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features(), "rows must have the model's features");
  out.resize(scaled.num_rows(), num_labels());
  std::vector<float> row(num_features());
  std::vector<double> kernel(distances_.num_rows());
  std::vector<double> scores(num_labels());
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    std::ranges::copy(scaled.row(r), row.begin());
    score(row, kernel, scores);
    const double largest = *std::ranges::max_element(scores);
    double sum = 0.0;
    for (double& value : scores) {
      value = std::exp(options_.sharpness * (value - largest));
      sum += value;
    }
    for (size_t k = 0; k < scores.size(); ++k) out(r, k) = static_cast<float>(scores[k] / sum);
  }
}

}  // namespace sermo::model
