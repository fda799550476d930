#include "sermo/engine/training/hold_vote.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sermo/base/thread_clock.h"
#include "sermo/engine/training/calibrate.h"
#include "sermo/eval/honest.h"
#include "sermo/eval/metrics.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/vote/vote.h"

namespace sermo::engine {
namespace {

using nlohmann::json;
using Examples = eval::LabelledExamples;

// What the members, calibrated, answered to the training clips that none of them had learnt from,
// weighed as in the vote.
HeldOut held_out_vote(const std::vector<const Candidate*>& members,
                      const std::vector<double>& weights, model::Pooling pooling,
                      const TrainingPart& part) {
  std::vector<size_t> rows = members.front()->held_out.rows;
  std::ranges::sort(rows);
  for (const Candidate* member : members) {
    std::vector<size_t> others = member->held_out.rows;
    std::ranges::sort(others);
    std::vector<size_t> both;
    std::ranges::set_intersection(rows, others, std::back_inserter(both));
    rows = std::move(both);
  }
  HeldOut held_out;
  if (rows.empty()) return held_out;
  held_out.origin = fmt::format(
      "what its members answered to {} training clips they had not learnt from", rows.size());
  std::vector<Matrix> answers;
  for (const Candidate* member : members) {
    std::vector<size_t> position_of_row(part.rows.num_rows());
    for (size_t i = 0; i < member->held_out.rows.size(); ++i)
      position_of_row[member->held_out.rows[i]] = i;
    std::vector<size_t> positions;
    for (const size_t row : rows) positions.push_back(position_of_row[row]);
    answers.push_back(select_rows(member->held_out.probabilities, positions));
    member->classifier->calibrator().apply(answers.back());
  }
  model::pool(pooling, answers, weights, held_out.probabilities);
  for (size_t row : rows) held_out.truth.push_back(part.rows.labels[row]);
  held_out.rows = std::move(rows);
  return held_out;
}

}  // namespace

Result<Candidate> hold_vote(const learn::VoteDefinition& definition,
                            const std::vector<Candidate>& candidates,
                            const model::Signature& signature, const TrainingPart& part,
                            const Examples& test, Protocol protocol) {
  const double begin = thread_seconds();
  std::vector<const Candidate*> members;
  std::vector<model::VoteCore::Member> cores;
  std::vector<std::string> fingerprints;
  for (const std::string& name : definition.members) {
    const auto found = std::ranges::find(candidates, name, &Candidate::name);
    if (found == candidates.end() || found->failure) {
      return fail(ErrorCode::kNotFound,
                  fmt::format("{}: its member {} was not fitted", definition.name, name));
    }
    const auto* pipeline = dynamic_cast<const model::Pipeline*>(found->classifier.get());
    if (pipeline == nullptr)
      return fail(ErrorCode::kUnsupported,
                  fmt::format("{}: {} cannot vote", definition.name, name));
    double weight = test_scores(*pipeline, test).accuracy;
    if (protocol == Protocol::kHonest) {
      weight =
          found->held_out.truth.empty()
              ? 1.0
              : eval::confusion_of(found->held_out.probabilities, found->held_out.truth).accuracy();
    }
    members.push_back(&*found);
    fingerprints.push_back(found->fingerprint);
    cores.push_back({name, weight, pipeline->shared_core(), pipeline->calibrator()});
  }
  SERMO_TRY(const std::shared_ptr<const model::VoteCore> vote,
            model::VoteCore::create(std::move(cores), definition.pooling));
  Candidate candidate{.name = definition.name,
                      .title = definition.title,
                      .fingerprint = eval::vote_fingerprint(definition, fingerprints)};
  json shares = json::object();
  std::vector<double> weights;
  for (const model::VoteCore::Member& member : vote->members()) {
    shares[member.name] = member.weight;
    weights.push_back(member.weight);
  }
  candidate.hyperparameters = {
      {"members", definition.members},
      {"pooling", model::pooling_name(definition.pooling)},
      {"weights", shares},
      {"weighted_by", protocol == Protocol::kHonest ? "accuracy on training clips not learnt from"
                                                    : "accuracy on the test clips: optimistic"}};
  candidate.held_out = held_out_vote(members, weights, definition.pooling, part);
  SERMO_TRY(candidate.classifier, model::Pipeline::create(signature, part.scaler, vote));
  candidate.fit_seconds = thread_seconds() - begin;
  return candidate;
}

}  // namespace sermo::engine
