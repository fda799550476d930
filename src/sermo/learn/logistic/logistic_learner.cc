#include "sermo/learn/logistic/logistic_learner.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "sermo/learn/logistic/lbfgs.h"
#include "sermo/model/linear/linear_core.h"

namespace sermo::learn {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// The penalised loss as a function of all weights [K, D] followed by the offsets [K].
class Objective {
 public:
  Objective(const ScaledExamples& examples, double inverse_penalty)
      : examples_(examples),
        penalty_(1.0 / inverse_penalty),
        rows_(
            Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(
                examples.features.data(), static_cast<Eigen::Index>(examples.features.num_rows()),
                static_cast<Eigen::Index>(examples.features.num_cols()))
                .cast<double>()) {}

  size_t num_variables() const {
    return examples_.num_labels * (examples_.features.num_cols() + 1);
  }

  double operator()(std::span<const double> x, std::span<double> gradient) {
    const auto num_labels = static_cast<Eigen::Index>(examples_.num_labels);
    const Eigen::Index num_features = rows_.cols();
    const Eigen::Map<const RowMatrix> weights(x.data(), num_labels, num_features);
    const Eigen::Map<const Eigen::RowVectorXd> offsets(x.data() + num_labels * num_features,
                                                       num_labels);
    scores_.noalias() = rows_ * weights.transpose();
    scores_.rowwise() += offsets;
    double loss = 0.5 * penalty_ * weights.squaredNorm();
    for (Eigen::Index r = 0; r < scores_.rows(); ++r) {
      auto row = scores_.row(r);
      const auto label = static_cast<Eigen::Index>(examples_.labels[static_cast<size_t>(r)]);
      const double weight = examples_.weights[static_cast<size_t>(r)];
      const double largest = row.maxCoeff();
      const double of_label = row[label] - largest;
      row = (row.array() - largest).exp();
      const double sum = row.sum();
      loss += weight * (std::log(sum) - of_label);
      row *= weight / sum;  // what is left in scores_ is the derivative by each score
      row[label] -= weight;
    }
    Eigen::Map<RowMatrix> by_weights(gradient.data(), num_labels, num_features);
    by_weights.noalias() = scores_.transpose() * rows_;
    by_weights += penalty_ * weights;
    Eigen::Map<Eigen::RowVectorXd>(gradient.data() + num_labels * num_features, num_labels) =
        scores_.colwise().sum();
    return loss;
  }

 private:
  const ScaledExamples& examples_;
  double penalty_;
  RowMatrix rows_;
  RowMatrix scores_;
};

}  // namespace

Result<std::shared_ptr<const LogisticLearner>> LogisticLearner::create(LogisticOptions options) {
  if (!std::isfinite(options.inverse_penalty) || options.inverse_penalty <= 0.0) {
    return fail(ErrorCode::kUsage, fmt::format("logistic: C is {}, wanted a positive number",
                                               options.inverse_penalty));
  }
  return std::shared_ptr<const LogisticLearner>(new LogisticLearner(options));
}

nlohmann::json LogisticLearner::hyperparameters() const {
  return {{"C", options_.inverse_penalty}};
}

Result<std::shared_ptr<const model::Core>> LogisticLearner::fit_core(
    const ScaledExamples& examples, const FitRequest& request) const {
  Objective objective(examples, options_.inverse_penalty);
  const LbfgsResult found = minimise(
      std::vector<double>(objective.num_variables()),
      [&](auto x, auto gradient) { return objective(x, gradient); },
      [&] { return !request.cancel.stop_requested(); });
  if (request.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "the fit was cancelled");
  const size_t num_features = examples.features.num_cols();
  Matrix weights(examples.num_labels, num_features);
  std::vector<float> offsets(examples.num_labels);
  for (size_t k = 0; k < examples.num_labels; ++k) {
    for (size_t c = 0; c < num_features; ++c)
      weights(k, c) = static_cast<float>(found.x[k * num_features + c]);
    offsets[k] = static_cast<float>(found.x[examples.num_labels * num_features + k]);
  }
  SERMO_TRY(std::shared_ptr<const model::Core> core,
            model::LinearCore::create(std::move(weights), std::move(offsets)));
  return core;
}

}  // namespace sermo::learn
