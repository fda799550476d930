#include "sermo/learn/knn/knn_learner.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "sermo/model/knn/knn_core.h"

namespace sermo::learn {

Result<std::shared_ptr<const KnnLearner>> KnnLearner::create(KnnLearnerOptions options) {
  if (options.num_neighbors == 0)
    return fail(ErrorCode::kUsage, "knn: 0 neighbours, wanted at least 1");
  return std::shared_ptr<const KnnLearner>(new KnnLearner(options));
}

nlohmann::json KnnLearner::hyperparameters() const {
  return {
      {"num_neighbors", options_.num_neighbors}, {"metric", "euclidean"}, {"weights", "uniform"}};
}

Result<std::shared_ptr<const model::Core>> KnnLearner::fit_core(const ScaledExamples& examples,
                                                                const FitRequest&) const {
  const size_t num_rows = examples.features.num_rows();
  if (num_rows < options_.num_neighbors) {
    return fail(ErrorCode::kTooShort,
                fmt::format("{} rows, wanted at least {}", num_rows, options_.num_neighbors));
  }
  return model::KnnCore::create({.num_labels = examples.num_labels,
                                 .num_neighbors = options_.num_neighbors,
                                 .rows = examples.features,
                                 .labels = {examples.labels.begin(), examples.labels.end()}});
}

}  // namespace sermo::learn
