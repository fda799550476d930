// How the training part of a table is used: what calibrates, what stops, what scales.
#pragma once

#include <optional>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/data/split.h"
#include "sermo/eval/examples.h"
#include "sermo/model/scaler.h"

namespace sermo::engine {

struct TrainingPart {
  eval::LabelledExamples rows;      // with their copies hanging on them
  std::vector<data::Split> folds;   // for calibrating learners that use every row
  model::Scaler scaler;             // of all its rows and copies: what the kept models share
  std::optional<data::Split> stop;  // for learners that stop early: rows learnt from, rows watched
};

// Folds as many as the rarest class allows; none where a class has a single clip. A tenth to watch
// where it holds every class.
Result<TrainingPart> training_part(eval::LabelledExamples rows, size_t num_labels, uint32_t seed);

}  // namespace sermo::engine
