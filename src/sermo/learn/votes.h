// Which models vote together. A vote learns nothing itself: it weighs members that are fitted
// anyway (model/vote/vote.h).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/model/vote/pool.h"

namespace sermo::learn {

struct VoteDefinition {
  std::string name;                  // "rf_gb_et", or as it was written: "vote(svm,et,mlp)"
  std::string title;                 // "Vote of rf, gb and et"
  std::vector<std::string> members;  // names of learners, at least one, each once
  model::Pooling pooling = model::Pooling::kLinear;
};

// Made for speakers that it never heard: what answers where no model is named and this one, learnt
// from its usual features, is at hand.
inline constexpr std::string_view kDefaultModel = "voice";

// The votes that have a name of their own.
std::span<const VoteDefinition> all_votes();

// Whether the name is that of a vote: one of all_votes(), or of the form vote(...).
bool names_a_vote(std::string_view name);

// kNotFound for a member that is no learner, kUsage for an empty list, a member named twice, or a
// name that is no vote's.
Result<VoteDefinition> find_vote(std::string_view name);

}  // namespace sermo::learn
