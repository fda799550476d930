// A soft vote: the pool (vote/pool.h) of what several cores answer, each calibrated by itself
// first.
//
// Members see the same scaled features and answer the same labels. They are held by reference, so a
// vote costs no memory beside its members. Immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/model/calibrator.h"
#include "sermo/model/core.h"
#include "sermo/model/vote/pool.h"

namespace sermo::model {

class VoteCore final : public Core {
 public:
  struct Member {
    std::string name;  // of the model it is: "svm"
    double weight = 1.0;
    std::shared_ptr<const Core> core;
    Calibrator calibrator;
  };

  // kTooShort for no members, kMismatch for members of different shapes, kCorrupt for weights that
  // are not finite and at least 0 or sum to 0, and for a vote among votes.
  static Result<std::shared_ptr<const VoteCore>> create(std::vector<Member> members,
                                                        Pooling pooling = Pooling::kLinear);

  std::string_view family() const override { return kFamily; }
  size_t num_features() const override { return members_.front().core->num_features(); }
  size_t num_labels() const override { return members_.front().core->num_labels(); }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  // Weights sum to 1.
  const std::vector<Member>& members() const { return members_; }
  Pooling pooling() const { return pooling_; }

  static constexpr std::string_view kFamily = "vote";

 private:
  VoteCore(std::vector<Member> members, Pooling pooling)
      : members_(std::move(members)), pooling_(pooling) {}

  std::vector<Member> members_;
  Pooling pooling_;
};

}  // namespace sermo::model
