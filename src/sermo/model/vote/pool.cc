#include "sermo/model/vote/pool.h"

#include <algorithm>
#include <cmath>

#include "sermo/base/check.h"

namespace sermo::model {
namespace {

void softmax(std::span<float> row) {
  const float largest = *std::ranges::max_element(row);
  float sum = 0.0f;
  for (float& value : row) sum += value = std::exp(value - largest);
  for (float& value : row) value /= sum;
}

}  // namespace

std::string_view pooling_name(Pooling pooling) {
  return pooling == Pooling::kLinear ? "linear" : "logarithmic";
}

void pool(Pooling pooling, std::span<const Matrix> answers, std::span<const double> weights,
          Matrix& out) {
  SERMO_CHECK(!answers.empty() && answers.size() == weights.size(), "a weight a member");
  out.resize(answers.front().num_rows(), answers.front().num_cols());
  const std::span<float> sums(out.data(), out.values().size());
  std::ranges::fill(sums, 0.0f);
  for (size_t m = 0; m < answers.size(); ++m) {
    const std::span<const float> from = answers[m].values();
    SERMO_CHECK(from.size() == sums.size(), "members answer the same rows");
    const auto weight = static_cast<float>(weights[m]);
    for (size_t i = 0; i < sums.size(); ++i) {
      sums[i] += weight * (pooling == Pooling::kLinear
                               ? from[i]
                               : std::log(std::max(from[i], kLeastPooled)));
    }
  }
  if (pooling == Pooling::kLinear) return;
  for (size_t r = 0; r < out.num_rows(); ++r) softmax(out.row(r));
}

}  // namespace sermo::model
