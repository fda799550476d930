// Which learners and votes a list of names asks for, and under which feature schema: what `train`
// and `evaluate` fit.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/learn/learner.h"
#include "sermo/learn/votes.h"

namespace sermo::app {

// Models that see the same features.
struct ChosenModels {
  std::string schema;                                           // name
  std::vector<std::shared_ptr<const learn::Learner>> learners;  // each once, members of votes too
  std::vector<learn::VoteDefinition> votes;                     // each once
};

// `lists` hold names separated by commas: of learners, of votes, vote(a,b), or "all". All get the
// schema that is named; where none is, each the one that suits it, a vote that of its members. The
// errors of find_learner and find_vote; kUsage for a vote whose members suit different ones.
Result<std::vector<ChosenModels>> choose_models(const std::vector<std::string>& lists,
                                                const std::string& schema);

}  // namespace sermo::app
