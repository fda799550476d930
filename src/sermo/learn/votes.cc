#include "sermo/learn/votes.h"

#include <fmt/format.h>

#include <algorithm>

#include "sermo/learn/registry.h"

namespace sermo::learn {
namespace {

constexpr std::string_view kPrefix = "vote(";

VoteDefinition definition(std::string name, std::vector<std::string> members,
                          model::Pooling pooling = model::Pooling::kLinear) {
  std::string title = "Vote of " + members.front();
  for (size_t m = 1; m < members.size(); ++m)
    title += (m + 1 == members.size() ? " and " : ", ") + members[m];
  return {std::move(name), std::move(title), std::move(members), pooling};
}

bool is_written_out(std::string_view name) {
  return name.starts_with(kPrefix) && name.ends_with(')');
}

}  // namespace

std::span<const VoteDefinition> all_votes() {
  static const std::vector<VoteDefinition> kVotes = {
      definition("voice", {"lda", "kernel_ridge"}, model::Pooling::kLogarithmic),
      definition("rf_gb_et", {"rf", "gb", "et"}),
      definition("rf_svm_knn", {"rf", "svm", "knn"}),
      definition("gb_svm", {"gb", "svm"}),
  };
  return kVotes;
}

bool names_a_vote(std::string_view name) {
  return is_written_out(name) ||
         std::ranges::find(all_votes(), name, &VoteDefinition::name) != all_votes().end();
}

Result<VoteDefinition> find_vote(std::string_view name) {
  const auto known = std::ranges::find(all_votes(), name, &VoteDefinition::name);
  if (known != all_votes().end()) return *known;
  if (!is_written_out(name))
    return fail(ErrorCode::kUsage, fmt::format("{} is no vote, wanted vote(a,b,...)", name));
  std::string_view rest = name.substr(kPrefix.size(), name.size() - kPrefix.size() - 1);
  std::vector<std::string> members;
  while (!rest.empty()) {
    const std::string member(rest.substr(0, rest.find(',')));
    rest.remove_prefix(std::min(rest.size(), member.size() + 1));
    SERMO_TRY_VOID(find_learner(member));
    if (std::ranges::find(members, member) != members.end()) {
      return fail(ErrorCode::kUsage, fmt::format("{}: {} is named twice", name, member));
    }
    members.push_back(member);
  }
  if (members.empty())
    return fail(ErrorCode::kUsage, fmt::format("{}: no members, wanted at least one", name));
  return definition(std::string(name), std::move(members));
}

}  // namespace sermo::learn
