// Calibration of a fitted model, and what it scores on the test part.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>

#include "sermo/engine/trainer.h"
#include "sermo/engine/training/candidate.h"
#include "sermo/eval/examples.h"
#include "sermo/eval/honest.h"

namespace sermo::engine {

// Calibrates and says how: on what was measured on strangers' voices where `figure` holds that,
// else on held-out predictions. `classifier` becomes its calibrated self.
nlohmann::json calibrate(std::shared_ptr<const model::Classifier>& classifier,
                         const HeldOut& held_out, const eval::HonestFigure* figure,
                         const eval::LabelledExamples& test);

TestScores test_scores(const model::Classifier& classifier, const eval::LabelledExamples& test);

}  // namespace sermo::engine
