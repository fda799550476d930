#include "sermo/features/statistics.h"

#include <cmath>

namespace sermo::features {

MeanAndStd mean_and_std(std::span<const float> values) {
  SERMO_CHECK(!values.empty(), "statistics need a value");
  const auto count = static_cast<double>(values.size());
  double sum = 0;
  for (const float value : values) sum += static_cast<double>(value);
  const double mean = sum / count;
  double squares = 0;
  for (const float value : values) {
    const double deviation = static_cast<double>(value) - mean;
    squares += deviation * deviation;
  }
  return {mean, std::sqrt(squares / count)};
}

void row_statistics(const dsp::FrameMatrix& rows, std::span<float> means, std::span<float> stds) {
  SERMO_CHECK(means.size() == rows.num_rows() && stds.size() == rows.num_rows(),
              "every row has a place for its statistics");
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    const MeanAndStd statistics = mean_and_std(rows.frames(r));
    means[r] = static_cast<float>(statistics.mean);
    stds[r] = static_cast<float>(statistics.std);
  }
}

}  // namespace sermo::features
