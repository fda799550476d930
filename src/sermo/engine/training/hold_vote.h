// A vote of members that are fitted and calibrated already.
#pragma once

#include <vector>

#include "sermo/engine/trainer.h"
#include "sermo/engine/training/candidate.h"
#include "sermo/engine/training/training_part.h"
#include "sermo/learn/votes.h"

namespace sermo::engine {

// The members' weights are accuracies: on training clips that they had not learnt from, or in the
// original protocol, as there, on the test clips. kNotFound for a member that was not fitted,
// kUnsupported for one that cannot vote.
Result<Candidate> hold_vote(const learn::VoteDefinition& definition,
                            const std::vector<Candidate>& candidates,
                            const model::Signature& signature, const TrainingPart& part,
                            const eval::LabelledExamples& test, Protocol protocol);

}  // namespace sermo::engine
