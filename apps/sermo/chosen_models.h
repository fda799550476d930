// Which learners and votes a list of names asks for: what `train` and `evaluate` fit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/learn/learner.h"
#include "sermo/learn/votes.h"

namespace sermo::app {

struct ChosenModels {
  std::vector<std::shared_ptr<const learn::Learner>> learners;  // each once, members of votes too
  std::vector<learn::VoteDefinition> votes;                     // each once
};

// `lists` hold names separated by commas: of learners, of votes, vote(a,b), or "all". The errors of
// find_learner and find_vote.
Result<ChosenModels> choose_models(const std::vector<std::string>& lists);

}  // namespace sermo::app
