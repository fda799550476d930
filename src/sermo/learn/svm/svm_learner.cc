#include "sermo/learn/svm/svm_learner.h"

#include <fmt/format.h>

#include <Eigen/Core>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>
#include <thread>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/data/split.h"
#include "sermo/learn/svm/platt_sigmoid.h"
#include "sermo/learn/svm/two_class_svm.h"
#include "sermo/model/svm/pairwise_coupling.h"
#include "sermo/model/svm/svm_core.h"

namespace sermo::learn {
namespace {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// scikit-learn's gamma="scale".
double scale_gamma(const Matrix& features) {
  const auto n = static_cast<double>(features.values().size());
  double sum = 0.0;
  for (const float value : features.values()) sum += value;
  const double mean = sum / n;
  double sum_of_squares = 0.0;
  for (const float value : features.values()) sum_of_squares += (value - mean) * (value - mean);
  const double variance = sum_of_squares / n;
  return variance > 0.0 ? 1.0 / (static_cast<double>(features.num_cols()) * variance) : 1.0;
}

// exp(-gamma |x - y|^2) for the rows x of `a` and y of `b`.
RowMatrix rbf_kernel(const RowMatrix& a, const RowMatrix& b, double gamma) {
  RowMatrix kernel = -2.0 * a * b.transpose();
  kernel.colwise() += a.rowwise().squaredNorm();
  kernel.rowwise() += b.rowwise().squaredNorm().transpose();
  return (-gamma * kernel.array().max(0.0)).exp().matrix();
}

// The rows of one class, and what every pair that it is in needs of them.
struct ClassRows {
  std::vector<size_t> row_indices;  // in the training table, ascending
  RowMatrix values;
  RowMatrix kernel;  // among themselves
  double cost = 0.0;
};

struct PairResult {
  TwoClassSolution solution;  // over the rows of the first class, then those of the second
  PlattSigmoid sigmoid;
};

RowMatrix joint_kernel(const ClassRows& first, const ClassRows& second, double gamma) {
  const Eigen::Index m = first.values.rows();
  const Eigen::Index n = second.values.rows();
  RowMatrix joint(m + n, m + n);
  joint.topLeftCorner(m, m) = first.kernel;
  joint.bottomRightCorner(n, n) = second.kernel;
  joint.topRightCorner(m, n) = rbf_kernel(first.values, second.values, gamma);
  joint.bottomLeftCorner(n, m) = joint.topRightCorner(m, n).transpose();
  return joint;
}

// The machine of all rows, and the sigmoid from what machines without a fold say about its rows.
// Nothing when cancelled.
std::optional<PairResult> fit_pair(const ClassRows& first, const ClassRows& second, double gamma,
                                   std::span<const size_t> fold_of_row, size_t num_folds,
                                   const std::stop_token& cancel) {
  std::vector<size_t> folds;
  for (const ClassRows* rows : {&first, &second}) {
    for (const size_t index : rows->row_indices) folds.push_back(fold_of_row[index]);
  }
  const size_t num_rows = folds.size();
  const size_t num_first = first.row_indices.size();
  const TwoClassOptions costs{.positive_cost = first.cost, .negative_cost = second.cost};
  const RowMatrix kernel = joint_kernel(first, second, gamma);
  const TwoClassSvm machine({kernel.data(), static_cast<size_t>(kernel.size())}, num_rows,
                            num_first);

  std::vector<double> held_out(num_rows);
  std::vector<size_t> rows;
  for (size_t fold = 0; fold < num_folds; ++fold) {
    if (cancel.stop_requested()) return std::nullopt;
    rows.clear();
    for (size_t r = 0; r < num_rows; ++r)
      if (folds[r] != fold) rows.push_back(r);
    const TwoClassSolution solution = machine.solve(rows, costs);
    for (size_t r = 0; r < num_rows; ++r)
      if (folds[r] == fold) held_out[r] = machine.decide(solution, r);
  }
  if (cancel.stop_requested()) return std::nullopt;
  rows.resize(num_rows);
  std::iota(rows.begin(), rows.end(), size_t{0});
  std::vector<bool> is_first(num_rows);
  std::fill_n(is_first.begin(), num_first, true);
  return PairResult{machine.solve(rows, costs), fit_platt_sigmoid(held_out, is_first)};
}

std::vector<ClassRows> rows_by_class(const ScaledExamples& examples, double gamma, double cost) {
  std::vector<ClassRows> classes(examples.num_labels);
  for (size_t r = 0; r < examples.labels.size(); ++r) {
    ClassRows& rows = classes[static_cast<size_t>(examples.labels[r])];
    rows.row_indices.push_back(r);
    rows.cost = cost * examples.weights[r];  // weights are those of classes
  }
  const auto num_cols = static_cast<Eigen::Index>(examples.features.num_cols());
  for (ClassRows& rows : classes) {
    rows.values.resize(static_cast<Eigen::Index>(rows.row_indices.size()), num_cols);
    for (size_t i = 0; i < rows.row_indices.size(); ++i) {
      const std::span<const float> row = examples.features.row(rows.row_indices[i]);
      rows.values.row(static_cast<Eigen::Index>(i)) =
          Eigen::Map<const Eigen::RowVectorXf>(row.data(), num_cols).cast<double>();
    }
    rows.kernel = rbf_kernel(rows.values, rows.values, gamma);
  }
  return classes;
}

// One machine of all pairs: every row that supports any pair, in the order of the table.
model::SvmOptions join(const ScaledExamples& examples, const std::vector<ClassRows>& classes,
                       const std::vector<PairResult>& pairs, double gamma) {
  Matrix coefficients(examples.labels.size(), pairs.size());
  std::vector<bool> supports(examples.labels.size());
  model::SvmOptions svm;
  svm.num_labels = examples.num_labels;
  svm.gamma = gamma;
  size_t pair = 0;
  for (size_t i = 0; i < classes.size(); ++i) {
    for (size_t j = i + 1; j < classes.size(); ++j, ++pair) {
      const PairResult& result = pairs[pair];
      auto coefficient = result.solution.coefficients.begin();
      for (const ClassRows* rows : {&classes[i], &classes[j]}) {
        for (const size_t index : rows->row_indices) {
          supports[index] = supports[index] || *coefficient != 0.0;
          coefficients(index, pair) = static_cast<float>(*coefficient++);
        }
      }
      svm.offsets.push_back(result.solution.offset);
      svm.slopes.push_back(result.sigmoid.slope);
      svm.intercepts.push_back(result.sigmoid.intercept);
    }
  }
  std::vector<size_t> supporting;
  for (size_t r = 0; r < supports.size(); ++r)
    if (supports[r]) supporting.push_back(r);
  svm.support_vectors = select_rows(examples.features, supporting);
  svm.coefficients = select_rows(coefficients, supporting);
  return svm;
}

}  // namespace

Result<std::shared_ptr<const SvmLearner>> SvmLearner::create(SvmLearnerOptions options) {
  if (!std::isfinite(options.cost) || options.cost <= 0.0) {
    return fail(ErrorCode::kUsage,
                fmt::format("svm: C is {}, wanted a positive number", options.cost));
  }
  if (options.num_folds < 2) {
    return fail(ErrorCode::kUsage,
                fmt::format("svm: {} inner folds, wanted at least 2", options.num_folds));
  }
  return std::shared_ptr<const SvmLearner>(new SvmLearner(options));
}

nlohmann::json SvmLearner::hyperparameters() const {
  return {{"kernel", "rbf"},
          {"C", options_.cost},
          {"gamma", "scale"},
          {"probability_folds", options_.num_folds}};
}

Result<std::shared_ptr<const model::Core>> SvmLearner::fit_core(const ScaledExamples& examples,
                                                                const FitRequest& request) const {
  const double gamma = scale_gamma(examples.features);
  const std::vector<ClassRows> classes = rows_by_class(examples, gamma, options_.cost);
  size_t largest_class = 0;
  for (const ClassRows& rows : classes)
    largest_class = std::max(largest_class, rows.row_indices.size());
  if (largest_class < 2) {
    return fail(ErrorCode::kTooShort,
                "no class has two rows, one to learn from and one for the sigmoids");
  }
  // Tiny tables get as many folds as their largest class has rows.
  const size_t num_folds = std::min(options_.num_folds, largest_class);
  SERMO_TRY(const std::vector<size_t> folds,
            data::stratified_folds(examples.labels, num_folds,
                                   static_cast<uint32_t>(request.seed ^ (request.seed >> 32))));

  std::vector<std::pair<size_t, size_t>> pairs;
  for (size_t i = 0; i < classes.size(); ++i) {
    for (size_t j = i + 1; j < classes.size(); ++j) pairs.emplace_back(i, j);
  }
  std::vector<PairResult> results(pairs.size());
  std::atomic<size_t> num_done{0};
  std::atomic<bool> cancelled{false};
  const std::thread::id fitting_thread = std::this_thread::get_id();
  parallel_for(pairs.size(), request.num_threads, [&](size_t p) {
    const auto [i, j] = pairs[p];
    std::optional<PairResult> result =
        fit_pair(classes[i], classes[j], gamma, folds, num_folds, request.cancel);
    if (!result) {
      cancelled = true;
      return;
    }
    results[p] = *std::move(result);
    const size_t done = ++num_done;
    if (request.progress && std::this_thread::get_id() == fitting_thread) {
      request.progress({static_cast<double>(done) / static_cast<double>(pairs.size()),
                        fmt::format("pair {} of {}", done, pairs.size())});
    }
  });
  if (cancelled) return fail(ErrorCode::kCancelled, "cancelled");
  return model::SvmCore::create(join(examples, classes, results, gamma));
}

}  // namespace sermo::learn
