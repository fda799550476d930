#include "sermo/model/vote/vote_onnx.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/model/onnx/calibrator_onnx.h"
#include "sermo/model/vote/vote.h"

namespace sermo::model {
namespace {

constexpr size_t kMaxMembers = 1000;

std::string scope_of(size_t member_index) { return fmt::format("member_{}", member_index); }

}  // namespace

std::string write_vote(const Core& core, onnx::GraphBuilder graph, const std::string& scaled) {
  const auto& vote = dynamic_cast<const VoteCore&>(core);
  std::string total;
  for (size_t m = 0; m < vote.members().size(); ++m) {
    const VoteCore::Member& member = vote.members()[m];
    const onnx::CoreCodec* codec = onnx::find_core_codec(member.core->family());
    SERMO_CHECK(codec != nullptr, "every core has a codec");
    const onnx::GraphBuilder scope = graph.scope(scope_of(m));
    std::string answer = codec->write(*member.core, scope.scope("core"), scaled);
    answer = onnx::write_calibrator(scope.scope("calibrator"), answer, member.calibrator);
    const auto weight = static_cast<float>(member.weight);
    onnx::GraphBuilder own = scope;
    if (vote.pooling() == Pooling::kLogarithmic) {
      const std::string least = own.floats("least", {&kLeastPooled, 1}, {});
      answer = own.node("log", "Log", {own.node("at_least", "Max", {answer, least})});
    }
    const std::string factor = own.floats("weight", {&weight, 1}, {});
    // Which family and which model it is are texts that runtimes pass over.
    const std::string share =
        own.add({.name = "share",
                 .op = "Mul",
                 .inputs = {answer, factor},
                 .doc = fmt::format("{} {}", member.core->family(), member.name)})
            .front();
    total = m == 0 ? share : own.node("total", "Add", {total, share});
  }
  if (vote.pooling() == Pooling::kLogarithmic)
    return graph.node("pool", "Softmax", {total}, {{"axis", int64_t{1}}});
  return graph.node("vote", "Identity", {total});
}

Result<std::shared_ptr<const Core>> read_vote(const onnx::GraphReader& graph,
                                              onnx::CoreShape shape) {
  std::vector<VoteCore::Member> members;
  const Pooling pooling =
      graph.node("pool", "Softmax") ? Pooling::kLogarithmic : Pooling::kLinear;
  for (size_t m = 0; m < kMaxMembers; ++m) {
    const onnx::GraphReader scope = graph.scope(scope_of(m));
    if (!scope.has_initializer("weight")) break;
    SERMO_TRY(const onnx::FloatTensor weight, scope.floats("weight", {}));
    SERMO_TRY(const onnx::NodeReader share, scope.node("share", "Mul"));
    const std::string& doc = share.doc();
    const size_t space = doc.find(' ');
    const std::string family = doc.substr(0, space);
    const onnx::CoreCodec* codec =
        family == VoteCore::kFamily ? nullptr : onnx::find_core_codec(family);
    if (codec == nullptr || space == std::string::npos) {
      return fail(ErrorCode::kCorrupt,
                  fmt::format("member {} of its vote is of no known family: '{:.40}'", m, family));
    }
    VoteCore::Member member;
    member.name = doc.substr(space + 1);
    member.weight = weight.values[0];
    SERMO_TRY(member.core, codec->read(scope.scope("core"), shape));
    SERMO_TRY(member.calibrator, onnx::read_calibrator(scope.scope("calibrator")));
    members.push_back(std::move(member));
  }
  SERMO_TRY(std::shared_ptr<const Core> vote, VoteCore::create(std::move(members), pooling));
  return vote;
}

}  // namespace sermo::model
