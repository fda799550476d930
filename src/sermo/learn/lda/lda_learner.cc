#include "sermo/learn/lda/lda_learner.h"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sermo/learn/clipped_rows.h"
#include "sermo/learn/positive_definite.h"
#include "sermo/learn/row_products.h"
#include "sermo/model/linear/linear_core.h"

namespace sermo::learn {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The covariance as factor * R^T R / N + diagonal * I, R the rows less their class means.
struct Covariance {
  double factor = 1.0;
  double diagonal = 0.0;
};

// R R^T or R^T R, whichever is smaller: both have the same squares in sum.
struct Products {
  bool of_rows = false;
  Eigen::MatrixXd lower;  // the lower triangle only
};

Products products_of(const FloatRows& residuals) {
  const bool of_rows = residuals.rows() < residuals.cols();
  return {of_rows, of_rows ? row_products(residuals) : column_products(residuals)};
}

double sum_of_squares(const Eigen::MatrixXd& lower) {
  const double diagonal = lower.diagonal().squaredNorm();
  const Eigen::MatrixXd strict = lower.triangularView<Eigen::StrictlyLower>();
  return diagonal + 2.0 * strict.squaredNorm();
}

// scikit-learn's ledoit_wolf_shrinkage(residuals, assume_centered=True).
double ledoit_wolf_shrinkage(const FloatRows& residuals, const Products& products, double trace) {
  const auto num_rows = static_cast<double>(residuals.rows());
  const auto num_features = static_cast<double>(residuals.cols());
  const double mean_variance = trace / num_features;
  double fourth = 0.0;
  for (Eigen::Index r = 0; r < residuals.rows(); ++r) {
    const double of_row = residuals.row(r).cast<double>().squaredNorm();
    fourth += of_row * of_row;
  }
  const double squares = sum_of_squares(products.lower) / (num_rows * num_rows);
  const double beta = (fourth / num_rows - squares) / (num_features * num_rows);
  const double delta =
      (squares - 2.0 * mean_variance * trace + num_features * mean_variance * mean_variance) /
      num_features;
  const double least = std::min(beta, delta);
  return least > 0.0 ? least / delta : 0.0;
}

// R X in float64, [N, K], for X [D, K].
Eigen::MatrixXd times(const FloatRows& residuals, const Eigen::MatrixXd& x) {
  Eigen::MatrixXd out(residuals.rows(), x.cols());
  for (Eigen::Index r = 0; r < residuals.rows(); ++r)
    out.row(r).noalias() = residuals.row(r).cast<double>() * x;
  return out;
}

// R^T Y in float64, [D, K], for Y [N, K].
Eigen::MatrixXd transposed_times(const FloatRows& residuals, const Eigen::MatrixXd& y) {
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(residuals.cols(), y.cols());
  for (Eigen::Index r = 0; r < residuals.rows(); ++r)
    out.noalias() += residuals.row(r).cast<double>().transpose() * y.row(r);
  return out;
}

// The solution of a symmetric system whose products are float32's; `apply` multiplies by the exact
// one.
template <class Apply>
Eigen::MatrixXd solve_refined(const Eigen::MatrixXd& lower, const Eigen::MatrixXd& right,
                              const Apply& apply) {
  FloatRows in_float32 = lower.cast<float>();
  if (const auto x = solve_positive_definite(in_float32, right, apply)) return *x;
  // Next to singular, as where Ledoit and Wolf's shrinkage all but vanishes.
  const Eigen::LLT<Eigen::MatrixXd> factors(lower);
  const Eigen::MatrixXd x = factors.solve(right);
  return x + factors.solve(right - apply(x));
}

// The inverse of the covariance times the means, [D, K].
Eigen::MatrixXd solve(const FloatRows& residuals, Products products, const Covariance& covariance,
                      const Eigen::MatrixXd& means) {
  if (covariance.factor == 0.0) return means / covariance.diagonal;
  const double per_row = covariance.factor / static_cast<double>(residuals.rows());
  if (!products.of_rows) {
    products.lower *= per_row;
    products.lower.diagonal().array() += covariance.diagonal;
    return solve_refined(products.lower, means, [&](const Eigen::MatrixXd& x) -> Eigen::MatrixXd {
      return per_row * transposed_times(residuals, times(residuals, x)) + covariance.diagonal * x;
    });
  }
  // (c R^T R + b I)^-1 = (I - R^T (R R^T + b / c I)^-1 R) / b.
  const double diagonal = covariance.diagonal / per_row;
  products.lower.diagonal().array() += diagonal;
  const Eigen::MatrixXd inner = solve_refined(
      products.lower, times(residuals, means), [&](const Eigen::MatrixXd& x) -> Eigen::MatrixXd {
        return times(residuals, transposed_times(residuals, x)) + diagonal * x;
      });
  return (means - transposed_times(residuals, inner)) / covariance.diagonal;
}

}  // namespace

LdaOptions lda_ledoit_wolf_options() {
  return {.name = "lda_lw",
          .title = "Linear discriminant analysis, Ledoit-Wolf covariance",
          .shrinkage = Shrinkage::kLedoitWolf,
          .clip = 3.0f};
}

Result<std::shared_ptr<const LdaLearner>> LdaLearner::create(LdaOptions options) {
  if (!std::isfinite(options.ridge) || options.ridge <= 0.0)
    return fail(ErrorCode::kUsage, fmt::format("{}: the ridge is {}, wanted a positive number",
                                               options.name, options.ridge));
  if (!std::isfinite(options.clip) || options.clip < 0.0f)
    return fail(ErrorCode::kUsage, fmt::format("{}: clipping at {}, wanted a positive number or 0",
                                               options.name, options.clip));
  return std::shared_ptr<const LdaLearner>(new LdaLearner(std::move(options)));
}

nlohmann::json LdaLearner::hyperparameters() const {
  nlohmann::json json = {{"clip", options_.clip}};
  if (options_.shrinkage == Shrinkage::kRidge) {
    json["covariance"] = "ridge";
    json["ridge"] = options_.ridge;
  } else {
    json["covariance"] = "ledoit_wolf";
  }
  return json;
}

Result<std::shared_ptr<const model::Core>> LdaLearner::fit_core(const ScaledExamples& examples,
                                                                const FitRequest& request) const {
  FloatRows rows = clipped_rows(examples.features, options_.clip);
  const auto num_labels = static_cast<Eigen::Index>(examples.num_labels);
  RowMatrix means = RowMatrix::Zero(num_labels, rows.cols());
  Eigen::VectorXd counts = Eigen::VectorXd::Zero(num_labels);
  for (Eigen::Index r = 0; r < rows.rows(); ++r) {
    const int label = examples.labels[static_cast<size_t>(r)];
    means.row(label) += rows.row(r).cast<double>();
    counts[label] += 1.0;
  }
  means.array().colwise() /= counts.array();
  for (Eigen::Index r = 0; r < rows.rows(); ++r)
    rows.row(r) -= means.row(examples.labels[static_cast<size_t>(r)]).cast<float>();

  const double trace = rows.cast<double>().squaredNorm() / static_cast<double>(rows.rows());
  if (!(trace > 0.0)) return fail(ErrorCode::kTooShort, "the rows of each label are all alike");
  Products products = products_of(rows);
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");
  Covariance covariance;
  if (options_.shrinkage == Shrinkage::kRidge) {
    covariance.diagonal = options_.ridge * trace / 1000.0;
  } else {
    // Never quite 0: there may be fewer rows than features.
    constexpr double kLeast = 1e-6;
    const double shrinkage = std::max(ledoit_wolf_shrinkage(rows, products, trace), kLeast);
    covariance.factor = 1.0 - shrinkage;
    covariance.diagonal = shrinkage * trace / static_cast<double>(rows.cols());
  }
  const Eigen::MatrixXd solution = solve(rows, std::move(products), covariance, means.transpose());
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");

  Matrix weights(examples.num_labels, examples.features.num_cols());
  std::vector<float> offsets(examples.num_labels);
  for (Eigen::Index k = 0; k < num_labels; ++k) {
    const auto label = static_cast<size_t>(k);
    for (Eigen::Index c = 0; c < solution.rows(); ++c)
      weights(label, static_cast<size_t>(c)) = static_cast<float>(solution(c, k));
    offsets[label] = static_cast<float>(-0.5 * means.row(k).dot(solution.col(k)));
  }
  SERMO_TRY(std::shared_ptr<const model::Core> core,
            model::LinearCore::create(std::move(weights), std::move(offsets), options_.clip));
  return core;
}

}  // namespace sermo::learn
