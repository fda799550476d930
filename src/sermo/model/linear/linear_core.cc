#include "sermo/model/linear/linear_core.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace sermo::model {

LinearCore::LinearCore(Matrix weights, std::vector<float> offsets, float clip)
    : weights_(std::move(weights)), offsets_(std::move(offsets)), clip_(clip) {}

Result<std::shared_ptr<const LinearCore>> LinearCore::create(Matrix weights,
                                                             std::vector<float> offsets,
                                                             float clip) {
  if (weights.num_rows() < 2 || weights.num_cols() == 0 || offsets.size() != weights.num_rows()) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("a linear model with weights [{}, {}] and {} offsets",
                            weights.num_rows(), weights.num_cols(), offsets.size()));
  }
  const auto finite = [](float value) { return std::isfinite(value); };
  if (!std::ranges::all_of(weights.values(), finite) || !std::ranges::all_of(offsets, finite)) {
    return fail(ErrorCode::kCorrupt, "a linear model with values that are not finite");
  }
  if (!std::isfinite(clip) || clip < 0.0f)
    return fail(ErrorCode::kCorrupt, fmt::format("a linear model that clips at {}", clip));
  return std::shared_ptr<const LinearCore>(
      new LinearCore(std::move(weights), std::move(offsets), clip));
}

void LinearCore::predict_proba(MatrixView scaled, Matrix& out) const {
  out.resize(scaled.num_rows(), num_labels());
  const float limit = clip_ > 0.0f ? clip_ : std::numeric_limits<float>::max();
  std::vector<float> row(num_features());
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    std::ranges::transform(scaled.row(r), row.begin(),
                           [&](float value) { return std::clamp(value, -limit, limit); });
    const std::span<float> scores = out.row(r);
    for (size_t k = 0; k < scores.size(); ++k) {
      // In double: float32 sums of thousands of products would differ between runtimes by more than
      // the answers may.
      double score = offsets_[k];
      const std::span<const float> weights = weights_.row(k);
      for (size_t c = 0; c < row.size(); ++c) score += static_cast<double>(weights[c]) * row[c];
      scores[k] = static_cast<float>(score);
    }
    const float largest = *std::ranges::max_element(scores);
    float sum = 0.0f;
    for (float& score : scores) {
      score = std::exp(score - largest);
      sum += score;
    }
    for (float& score : scores) score /= sum;
  }
}

}  // namespace sermo::model
