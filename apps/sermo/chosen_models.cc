#include "chosen_models.h"

#include <algorithm>

#include "model_names.h"
#include "sermo/learn/registry.h"

namespace sermo::app {
namespace {

void add(ChosenModels& chosen, const std::shared_ptr<const learn::Learner>& learner) {
  if (std::ranges::find(chosen.learners, learner) == chosen.learners.end())
    chosen.learners.push_back(learner);
}

// A vote brings its members along.
Result<void> add(ChosenModels& chosen, const learn::VoteDefinition& vote) {
  for (const std::string& member : vote.members) {
    SERMO_TRY(const std::shared_ptr<const learn::Learner> learner, learn::find_learner(member));
    add(chosen, learner);
  }
  if (std::ranges::find(chosen.votes, vote.name, &learn::VoteDefinition::name) ==
      chosen.votes.end()) {
    chosen.votes.push_back(vote);
  }
  return {};
}

}  // namespace

Result<ChosenModels> choose_models(const std::vector<std::string>& lists) {
  ChosenModels chosen;
  for (const std::string& name : split_model_names(lists)) {
    if (name == "all") {
      for (const auto& learner : learn::all_learners()) add(chosen, learner);
      for (const learn::VoteDefinition& vote : learn::all_votes())
        SERMO_TRY_VOID(add(chosen, vote));
    } else if (learn::names_a_vote(name)) {
      SERMO_TRY(const learn::VoteDefinition vote, learn::find_vote(name));
      SERMO_TRY_VOID(add(chosen, vote));
    } else {
      SERMO_TRY(const std::shared_ptr<const learn::Learner> learner, learn::find_learner(name));
      add(chosen, learner);
    }
  }
  return chosen;
}

}  // namespace sermo::app
