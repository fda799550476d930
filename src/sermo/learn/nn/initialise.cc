#include "sermo/learn/nn/initialise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sermo/learn/nn/normal.h"
#include "sermo/learn/trees/random.h"

namespace sermo::learn::nn {
namespace {

using model::nn::Weight;
using model::nn::WeightRole;

void glorot_uniform(const Weight& weight, Random& random, std::span<float> values) {
  const size_t num_in = weight.shape[weight.shape.size() - 2];
  const size_t num_out = weight.shape.back();
  const size_t width = weight.size() / (num_in * num_out);
  const double limit = std::sqrt(6.0 / static_cast<double>(width * (num_in + num_out)));
  for (float& value : values) value = static_cast<float>(limit * (2.0 * random.uniform() - 1.0));
}

// Random rows made orthonormal one after the other (modified Gram-Schmidt, twice for accuracy).
// There are never more rows than columns: units against gates * units.
void orthogonal(const Weight& weight, Random& random, std::span<float> values) {
  const size_t num_rows = weight.shape[0];
  const size_t num_cols = weight.shape[1];
  std::vector<double> rows(num_rows * num_cols);
  for (double& value : rows) value = normal(random);
  const auto row = [&](size_t r) { return std::span(rows).subspan(r * num_cols, num_cols); };
  const auto dot = [](std::span<const double> a, std::span<const double> b) {
    double sum = 0.0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  };
  for (size_t r = 0; r < num_rows; ++r) {
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t before = 0; before < r; ++before) {
        const double overlap = dot(row(r), row(before));
        for (size_t c = 0; c < num_cols; ++c) row(r)[c] -= overlap * row(before)[c];
      }
    }
    const double length = std::sqrt(dot(row(r), row(r)));
    for (double& value : row(r)) value /= length;
  }
  std::transform(rows.begin(), rows.end(), values.begin(),
                 [](double value) { return static_cast<float>(value); });
}

}  // namespace

void initialise(const model::nn::Plan& plan, uint64_t seed, std::span<float> weights) {
  uint64_t stream = 0;
  for (const Weight& weight : plan.weights()) {
    const std::span<float> values = weights.subspan(weight.offset, weight.size());
    Random random(seed, stream++);
    switch (weight.role) {
      case WeightRole::kKernel:
        glorot_uniform(weight, random, values);
        break;
      case WeightRole::kRecurrentKernel:
        orthogonal(weight, random, values);
        break;
      case WeightRole::kForgetBias: {
        std::ranges::fill(values, 0.0f);
        const size_t num_units = weight.size() / 4;
        std::ranges::fill(values.subspan(num_units, num_units), 1.0f);
        break;
      }
      case WeightRole::kBias:
      case WeightRole::kShift:
      case WeightRole::kMovingMean:
        std::ranges::fill(values, 0.0f);
        break;
      case WeightRole::kScale:
      case WeightRole::kMovingVariance:
        std::ranges::fill(values, 1.0f);
        break;
    }
  }
}

}  // namespace sermo::learn::nn
