#include "chosen_models.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model_names.h"
#include "sermo/learn/registry.h"

namespace sermo::app {
namespace {

using Learner = std::shared_ptr<const learn::Learner>;

class Choice {
 public:
  explicit Choice(std::string schema) : schema_(std::move(schema)) {}

  void add(const Learner& learner) {
    ChosenModels& group = group_of(*learner);
    if (std::ranges::find(group.learners, learner) == group.learners.end())
      group.learners.push_back(learner);
  }

  // A vote brings its members along.
  Result<void> add(const learn::VoteDefinition& vote) {
    std::vector<Learner> members;
    for (const std::string& name : vote.members) {
      SERMO_TRY(members.emplace_back(), learn::find_learner(name));
    }
    for (const Learner& member : members) {
      if (schema_of(*member) == schema_of(*members.front())) continue;
      return fail(ErrorCode::kUsage,
                  fmt::format("{}: {} is trained on {} and {} on {}, but those who vote must see "
                              "the same features: choose with --schema",
                              vote.name, members.front()->name(), schema_of(*members.front()),
                              member->name(), schema_of(*member)));
    }
    for (const Learner& member : members) add(member);
    ChosenModels& group = group_of(*members.front());
    if (std::ranges::find(group.votes, vote.name, &learn::VoteDefinition::name) ==
        group.votes.end()) {
      group.votes.push_back(vote);
    }
    return {};
  }

  std::vector<ChosenModels> take() { return std::move(groups_); }

 private:
  std::string schema_of(const learn::Learner& learner) const {
    return schema_.empty() ? std::string(learner.usual_schema()) : schema_;
  }

  ChosenModels& group_of(const learn::Learner& learner) {
    const std::string schema = schema_of(learner);
    const auto known = std::ranges::find(groups_, schema, &ChosenModels::schema);
    if (known != groups_.end()) return *known;
    return groups_.emplace_back(ChosenModels{schema, {}, {}});
  }

  std::string schema_;
  std::vector<ChosenModels> groups_;
};

}  // namespace

Result<std::vector<ChosenModels>> choose_models(const std::vector<std::string>& lists,
                                                const std::string& schema) {
  Choice choice(schema);
  for (const std::string& name : split_model_names(lists)) {
    if (name == "all") {
      for (const Learner& learner : learn::all_learners()) choice.add(learner);
      for (const learn::VoteDefinition& vote : learn::all_votes()) SERMO_TRY_VOID(choice.add(vote));
    } else if (learn::names_a_vote(name)) {
      SERMO_TRY(const learn::VoteDefinition vote, learn::find_vote(name));
      SERMO_TRY_VOID(choice.add(vote));
    } else {
      SERMO_TRY(const Learner learner, learn::find_learner(name));
      choice.add(learner);
    }
  }
  return choice.take();
}

}  // namespace sermo::app
