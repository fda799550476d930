#include "sermo/model/speaker_shift.h"

#include "sermo/base/check.h"

namespace sermo::model {

std::vector<float> speaker_shift(std::span<const double> sum_of_clips, size_t num_clips,
                                 std::span<const float> training_mean, double shrink_clips) {
  SERMO_CHECK(sum_of_clips.size() == training_mean.size(), "clips and model share their features");
  std::vector<float> shift(training_mean.size());
  if (num_clips == 0) return shift;
  const auto k = static_cast<double>(num_clips);
  for (size_t c = 0; c < shift.size(); ++c) {
    const double difference = sum_of_clips[c] / k - static_cast<double>(training_mean[c]);
    shift[c] = static_cast<float>(k / (k + shrink_clips) * difference);
  }
  return shift;
}

void subtract_from_rows(std::span<const float> shift, Matrix& rows) {
  SERMO_CHECK(rows.num_cols() == shift.size(), "one number a feature");
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    const std::span<float> row = rows.row(r);
    for (size_t c = 0; c < row.size(); ++c) row[c] -= shift[c];
  }
}

}  // namespace sermo::model
