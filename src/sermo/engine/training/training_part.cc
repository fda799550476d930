#include "sermo/engine/training/training_part.h"

#include <algorithm>
#include <utility>

namespace sermo::engine {
namespace {

constexpr size_t kMaxCalibrationFolds = 5;

}  // namespace

Result<TrainingPart> training_part(eval::LabelledExamples rows, size_t num_labels, uint32_t seed) {
  SERMO_TRY(model::Scaler scaler, model::Scaler::fit(rows.with_copies().features));
  TrainingPart part{std::move(rows), {}, std::move(scaler), {}};
  std::vector<size_t> counts(num_labels);
  for (int label : part.rows.labels) ++counts[static_cast<size_t>(label)];
  const size_t num_folds =
      std::min(kMaxCalibrationFolds, *std::min_element(counts.begin(), counts.end()));
  if (num_folds >= 2) {
    SERMO_TRY(const std::vector<size_t> fold_of_row,
              data::stratified_folds(part.rows.labels, num_folds, seed));
    for (size_t fold = 0; fold < num_folds; ++fold) {
      part.folds.push_back(data::split_of_fold(fold_of_row, fold));
    }
  }
  Result<data::Split> stop = data::stratified_split(part.rows.labels, eval::kWatchedFraction, seed);
  if (stop) part.stop = std::move(*stop);  // too few rows: such learners run to their last epoch
  return part;
}

}  // namespace sermo::engine
