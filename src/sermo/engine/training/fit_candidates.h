// Fits every candidate, and the copies that answer to rows they have not seen, side by side.
#pragma once

#include <vector>

#include "sermo/engine/trainer.h"
#include "sermo/engine/training/candidate.h"
#include "sermo/engine/training/training_part.h"

namespace sermo::engine {

// Gives each candidate its classifier, what it answered to held-out rows, and its log; a fit that
// fails leaves its error in the candidate. `test` is looked at by the original protocol only.
void fit_candidates(std::vector<Candidate>& candidates, const TrainingOptions& options,
                    const model::Signature& signature, const TrainingPart& part,
                    const eval::LabelledExamples& test);

}  // namespace sermo::engine
