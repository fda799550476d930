#include "sermo/data/packed_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sermo::data {
namespace {

constexpr double kLevels = 255.0;        // above the least
constexpr double kStepDeviations = 0.2;  // finer says nothing, and costs size once compressed

}  // namespace

PackedFeatures pack(MatrixView features) {
  const size_t num_rows = features.num_rows(), num_cols = features.num_cols();
  PackedFeatures packed{std::vector<uint8_t>(num_rows * num_cols), std::vector<float>(num_cols),
                        std::vector<float>(num_cols)};
  for (size_t c = 0; c < num_cols && num_rows > 0; ++c) {
    float least = features(0, c), greatest = features(0, c);
    for (size_t r = 1; r < num_rows; ++r) {
      least = std::min(least, features(r, c));
      greatest = std::max(greatest, features(r, c));
    }
    double sum = 0.0, squares = 0.0;
    for (size_t r = 0; r < num_rows; ++r) {
      const double above = static_cast<double>(features(r, c)) - static_cast<double>(least);
      sum += above;
      squares += above * above;
    }
    const double mean = sum / static_cast<double>(num_rows);
    const double deviation =
        std::sqrt(std::max(0.0, squares / static_cast<double>(num_rows) - mean * mean));
    const double offset = least;
    const auto step = static_cast<float>(
        std::max((static_cast<double>(greatest) - offset) / kLevels, kStepDeviations * deviation));
    packed.offsets[c] = least;
    packed.steps[c] = step;
    if (step == 0.0f) continue;
    for (size_t r = 0; r < num_rows; ++r) {
      const double level = std::round((static_cast<double>(features(r, c)) - offset) / step);
      packed.values[r * num_cols + c] = static_cast<uint8_t>(std::clamp(level, 0.0, kLevels));
    }
  }
  return packed;
}

Result<Matrix> unpack(const PackedFeatures& packed, size_t num_rows, size_t num_cols) {
  const auto wrong = [&](std::string_view what, size_t got, size_t wanted) {
    return fail(ErrorCode::kMismatch, fmt::format("{} {}, wanted {}", got, what, wanted));
  };
  if (packed.values.size() != num_rows * num_cols)
    return wrong("packed numbers", packed.values.size(), num_rows * num_cols);
  if (packed.offsets.size() != num_cols) return wrong("offsets", packed.offsets.size(), num_cols);
  if (packed.steps.size() != num_cols) return wrong("steps", packed.steps.size(), num_cols);
  Matrix features(num_rows, num_cols);
  for (size_t r = 0; r < num_rows; ++r) {
    for (size_t c = 0; c < num_cols; ++c) {
      // The product is exact in float64, so it does not matter whether it is fused with the sum.
      const double above = static_cast<double>(packed.steps[c]) * packed.values[r * num_cols + c];
      features(r, c) = static_cast<float>(static_cast<double>(packed.offsets[c]) + above);
    }
  }
  return features;
}

}  // namespace sermo::data
