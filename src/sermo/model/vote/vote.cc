#include "sermo/model/vote/vote.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace sermo::model {

Result<std::shared_ptr<const VoteCore>> VoteCore::create(std::vector<Member> members,
                                                         Pooling pooling) {
  if (members.empty())
    return fail(ErrorCode::kTooShort, "a vote has no members, wanted at least one");
  double sum = 0.0;
  const Core& first = *members.front().core;
  for (const Member& member : members) {
    if (member.core->family() == kFamily) {
      return fail(ErrorCode::kCorrupt,
                  fmt::format("the vote's member {} is a vote itself", member.name));
    }
    if (member.core->num_features() != first.num_features() ||
        member.core->num_labels() != first.num_labels()) {
      return fail(
          ErrorCode::kMismatch,
          fmt::format("the vote's member {} takes {} features to {} labels, {} takes {} to {}",
                      member.name, member.core->num_features(), member.core->num_labels(),
                      members.front().name, first.num_features(), first.num_labels()));
    }
    if (!std::isfinite(member.weight) || member.weight < 0.0) {
      return fail(ErrorCode::kCorrupt, fmt::format("the vote's member {} has the weight {}",
                                                   member.name, member.weight));
    }
    SERMO_TRY_VOID(check(member.calibrator));
    sum += member.weight;
  }
  if (!(sum > 0.0) || !std::isfinite(sum))
    return fail(ErrorCode::kCorrupt, fmt::format("the vote's weights sum to {}", sum));
  // Weights that come from a file were rounded to float32 and keep the bits they have.
  constexpr double kFloat32Rounding = 1e-6;
  if (std::abs(sum - 1.0) > kFloat32Rounding) {
    for (Member& member : members) member.weight /= sum;
  }
  return std::shared_ptr<const VoteCore>(new VoteCore(std::move(members), pooling));
}

void VoteCore::predict_proba(MatrixView scaled, Matrix& out) const {
  std::vector<Matrix> answers(members_.size());
  std::vector<double> weights;
  for (size_t m = 0; m < members_.size(); ++m) {
    members_[m].core->predict_proba(scaled, answers[m]);
    members_[m].calibrator.apply(answers[m]);
    weights.push_back(members_[m].weight);
  }
  pool(pooling_, answers, weights, out);
}

}  // namespace sermo::model
