#include "sermo/model/kernel_ridge/kernel_ridge_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::model {

KernelRidgeCore::KernelRidgeCore(KernelRidgeOptions options)
    : num_features_(options.projection.empty() ? options.rows.num_cols()
                                               : options.projection.num_rows()),
      projection_(std::move(options.projection)),
      distances_(options.rows),
      options_(std::move(options)) {
  options_.projection = Matrix();
  options_.rows = Matrix();
}

Result<std::shared_ptr<const KernelRidgeCore>> KernelRidgeCore::create(KernelRidgeOptions options) {
  const auto corrupt = [](std::string message) {
    return fail(ErrorCode::kCorrupt, "kernel ridge: " + std::move(message));
  };
  if (options.num_labels < 2)
    return corrupt(fmt::format("{} classes, wanted at least 2", options.num_labels));
  if (options.rows.num_rows() == 0 || options.rows.num_cols() == 0) return corrupt("no rows");
  if (!options.projection.empty() &&
      (options.projection.num_cols() != options.rows.num_cols() ||
       options.projection.num_cols() > options.projection.num_rows())) {
    return corrupt(
        fmt::format("a projection from {} to {} features, wanted to those of the rows, {}",
                    options.projection.num_rows(), options.projection.num_cols(),
                    options.rows.num_cols()));
  }
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
      !std::ranges::all_of(options.projection.values(), finite) ||
      !std::ranges::all_of(options.coefficients, finite))
    return corrupt("a value is not finite");
  return std::shared_ptr<const KernelRidgeCore>(new KernelRidgeCore(std::move(options)));
}

KernelRidgeOptions KernelRidgeCore::options() const {
  KernelRidgeOptions out = options_;
  out.projection = projection_.directions();
  out.rows = distances_.rows();
  return out;
}

void KernelRidgeCore::score(MatrixView scaled, std::vector<double>& kernel,
                            std::span<double> out) const {
  Matrix clipped(
      std::vector<float>(scaled.data(), scaled.data() + scaled.num_rows() * scaled.num_cols()),
      scaled.num_rows(), scaled.num_cols());
  if (options_.clip > 0.0f) {
    for (float& value : std::span(clipped.data(), clipped.values().size()))
      value = std::clamp(value, -options_.clip, options_.clip);
  }
  Matrix projected;
  projection_.apply(clipped, projected);
  const size_t num_centres = distances_.num_rows();
  kernel.resize(scaled.num_rows() * num_centres);
  distances_.from(projected, kernel);
  std::ranges::fill(out, 0.0);
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    const auto sums = out.subspan(r * num_labels(), num_labels());
    const double* coefficients = options_.coefficients.data();
    for (const double distance : std::span(kernel).subspan(r * num_centres, num_centres)) {
      const double similarity = std::exp(-options_.gamma * distance);
      for (double& sum : sums) sum += similarity * *coefficients++;
    }
  }
}

std::vector<double> KernelRidgeCore::scores(std::span<const float> scaled) const {
  std::vector<double> kernel;
  std::vector<double> out(num_labels());
  score(MatrixView(scaled.data(), 1, scaled.size()), kernel, out);
  return out;
}

void KernelRidgeCore::predict_proba(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features(), "rows must have the model's features");
  out.resize(scaled.num_rows(), num_labels());
  constexpr size_t kTogether = 24;  // distances of several rows at once cost less
  std::vector<double> kernel;
  std::vector<double> all_scores;
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    const size_t in_group = r % kTogether;
    if (in_group == 0) {
      const size_t count = std::min(kTogether, scaled.num_rows() - r);
      all_scores.resize(count * num_labels());
      score(MatrixView(scaled.row(r).data(), count, scaled.num_cols()), kernel, all_scores);
    }
    const auto scores = std::span(all_scores).subspan(in_group * num_labels(), num_labels());
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
