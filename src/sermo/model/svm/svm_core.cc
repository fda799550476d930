#include "sermo/model/svm/svm_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/model/svm/pairwise_coupling.h"

namespace sermo::model {
namespace {

template <typename Values>
bool all_finite(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](auto v) { return std::isfinite(v); });
}

}  // namespace

SvmCore::SvmCore(SvmOptions options)
    : distances_(options.support_vectors), options_(std::move(options)) {
  options_.support_vectors = Matrix();
}

Result<std::shared_ptr<const SvmCore>> SvmCore::create(SvmOptions options) {
  const auto corrupt = [](std::string message) {
    return fail(ErrorCode::kCorrupt, "svm: " + std::move(message));
  };
  if (options.num_labels < 2)
    return corrupt(fmt::format("{} classes, wanted at least 2", options.num_labels));
  const size_t num_vectors = options.support_vectors.num_rows();
  const size_t pairs = num_pairs(options.num_labels);
  if (num_vectors == 0) return corrupt("no support vectors");
  if (options.coefficients.num_rows() != num_vectors || options.coefficients.num_cols() != pairs) {
    return corrupt(fmt::format("[{}, {}] coefficients, wanted [{}, {}]",
                               options.coefficients.num_rows(), options.coefficients.num_cols(),
                               num_vectors, pairs));
  }
  for (const std::vector<double>* values :
       {&options.offsets, &options.slopes, &options.intercepts}) {
    if (values->size() != pairs)
      return corrupt(fmt::format("{} values for {} pairs", values->size(), pairs));
    if (!all_finite(*values)) return corrupt("a value of a pair is not finite");
  }
  if (!std::isfinite(options.gamma) || options.gamma <= 0.0)
    return corrupt(fmt::format("gamma is {}, wanted a positive number", options.gamma));
  if (!all_finite(options.support_vectors.values()) || !all_finite(options.coefficients.values()))
    return corrupt("a value is not finite");
  return std::shared_ptr<const SvmCore>(new SvmCore(std::move(options)));
}

SvmOptions SvmCore::options() const {
  SvmOptions out = options_;
  out.support_vectors = distances_.rows();
  return out;
}

void SvmCore::decide(std::span<const float> row, std::span<double> kernel,
                     std::span<double> out) const {
  distances_.from(row, kernel);
  for (size_t p = 0; p < out.size(); ++p) out[p] = -options_.offsets[p];
  for (size_t m = 0; m < kernel.size(); ++m) {
    const double similarity = std::exp(-options_.gamma * kernel[m]);
    const std::span<const float> coefficients = options_.coefficients.row(m);
    for (size_t p = 0; p < out.size(); ++p) out[p] += coefficients[p] * similarity;
  }
}

void SvmCore::decision_values(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features(), "rows must have the model's features");
  out.resize(scaled.num_rows(), num_pairs(num_labels()));
  std::vector<double> kernel(num_support_vectors());
  std::vector<double> decisions(out.num_cols());
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    decide(scaled.row(r), kernel, decisions);
    for (size_t p = 0; p < decisions.size(); ++p) out(r, p) = static_cast<float>(decisions[p]);
  }
}

void SvmCore::predict_proba(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features(), "rows must have the model's features");
  out.resize(scaled.num_rows(), num_labels());
  std::vector<double> kernel(num_support_vectors());
  std::vector<double> pairwise(num_pairs(num_labels()));
  std::vector<double> probabilities(num_labels());
  PairwiseCoupling coupling(num_labels());
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    decide(scaled.row(r), kernel, pairwise);
    for (size_t p = 0; p < pairwise.size(); ++p) {
      const double logit = options_.slopes[p] * pairwise[p] + options_.intercepts[p];
      pairwise[p] = std::clamp(1.0 / (1.0 + std::exp(logit)), kLeastPairwiseProbability,
                               1.0 - kLeastPairwiseProbability);
    }
    coupling.solve(pairwise, probabilities);
    for (size_t k = 0; k < probabilities.size(); ++k)
      out(r, k) = static_cast<float>(probabilities[k]);
  }
}

}  // namespace sermo::model
