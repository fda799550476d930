#include "sermo/model/knn/knn_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::model {

KnnCore::KnnCore(KnnOptions options)
    : num_labels_(options.num_labels),
      num_neighbors_(options.num_neighbors),
      distances_(options.rows),
      labels_(std::move(options.labels)) {}

Result<std::shared_ptr<const KnnCore>> KnnCore::create(KnnOptions options) {
  const size_t num_rows = options.rows.num_rows();
  if (options.labels.size() != num_rows) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("knn: {} labels for {} rows", options.labels.size(), num_rows));
  }
  if (options.num_neighbors < 1 || options.num_neighbors > num_rows) {
    return fail(ErrorCode::kCorrupt, fmt::format("knn: {} neighbours of {} rows, wanted 1 to {}",
                                                 options.num_neighbors, num_rows, num_rows));
  }
  for (int label : options.labels) {
    if (label < 0 || static_cast<size_t>(label) >= options.num_labels) {
      return fail(ErrorCode::kCorrupt, fmt::format("knn: a label is {}, wanted 0 to {}", label,
                                                   static_cast<long>(options.num_labels) - 1));
    }
  }
  const std::span<const float> values = options.rows.values();
  if (!std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); }))
    return fail(ErrorCode::kCorrupt, "knn: a row has a value that is not finite");
  return std::shared_ptr<const KnnCore>(new KnnCore(std::move(options)));
}

void KnnCore::predict_proba(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features(), "rows must have the model's features");
  out.resize(scaled.num_rows(), num_labels_);
  std::vector<double> distances(labels_.size());
  std::vector<size_t> order(labels_.size());
  std::vector<size_t> votes(num_labels_);
  const auto nearer = [&](size_t a, size_t b) {
    return distances[a] != distances[b] ? distances[a] < distances[b] : a < b;
  };
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    distances_.from(scaled.row(r), distances);
    // A row with NaN is as far from all as can be; an order needs that said.
    for (double& distance : distances)
      if (std::isnan(distance)) distance = std::numeric_limits<double>::infinity();
    std::iota(order.begin(), order.end(), size_t{0});
    const auto end_of_nearest = order.begin() + static_cast<std::ptrdiff_t>(num_neighbors_);
    std::nth_element(order.begin(), end_of_nearest - 1, order.end(), nearer);
    std::fill(votes.begin(), votes.end(), size_t{0});
    for (auto at = order.begin(); at != end_of_nearest; ++at)
      ++votes[static_cast<size_t>(labels_[*at])];
    for (size_t k = 0; k < num_labels_; ++k)
      out(r, k) = static_cast<float>(votes[k]) / static_cast<float>(num_neighbors_);
  }
}

}  // namespace sermo::model
