#include "sermo/engine/assembled_vote.h"

#include <algorithm>
#include <string>
#include <utility>

#include "sermo/model/pipeline.h"
#include "sermo/model/vote/vote.h"

namespace sermo::engine {

std::vector<const model::ManifestEntry*> members_in(const model::Manifest& manifest,
                                                    const model::ManifestEntry& vote) {
  std::vector<const model::ManifestEntry*> entries;
  for (const model::MemberFile& member : vote.members) {
    const auto entry = std::ranges::find(manifest.models, member.name, &model::ManifestEntry::name);
    if (entry == manifest.models.end() || entry->sha256 != member.sha256 ||
        !entry->members.empty()) {
      return {};
    }
    entries.push_back(&*entry);
  }
  return entries;
}

namespace {

// nlohmann's accessors throw where the manifest lacks a key or has another type.
Result<model::Calibrator> calibrator_of(const model::ManifestEntry& vote) {
  if (!vote.calibration.contains("temperature")) return model::Calibrator{};
  try {
    return model::Calibrator{vote.calibration.at("temperature").get<double>(),
                             vote.calibration.at("smoothing").get<double>()};
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kCorrupt, vote.name + ": calibration: " + error.what());
  }
}

Result<double> weight_of(const model::ManifestEntry& vote, const std::string& member) {
  try {
    return vote.hyperparameters.at("weights").at(member).get<double>();
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kCorrupt, vote.name + ": weights: " + error.what());
  }
}

// Votes of before there were two ways have no such entry.
Result<model::Pooling> pooling_of(const model::ManifestEntry& vote) {
  const auto found = vote.hyperparameters.find("pooling");
  if (found == vote.hyperparameters.end()) return model::Pooling::kLinear;
  for (const model::Pooling pooling : {model::Pooling::kLinear, model::Pooling::kLogarithmic}) {
    if (*found == model::pooling_name(pooling)) return pooling;
  }
  return fail(ErrorCode::kCorrupt, vote.name + ": pooling: wanted linear or logarithmic");
}

}  // namespace

Result<model::Artifact> assemble_vote(
    const model::Manifest& manifest, const model::ManifestEntry& vote,
    std::span<const std::shared_ptr<const model::Artifact>> members) {
  std::vector<model::VoteCore::Member> cores;
  const model::Pipeline* first = nullptr;
  for (const auto& member : members) {
    const auto* pipeline = dynamic_cast<const model::Pipeline*>(member->classifier.get());
    if (first == nullptr) first = pipeline;
    if (pipeline == nullptr || pipeline->signature() != first->signature() ||
        pipeline->scaler() != first->scaler()) {
      return fail(ErrorCode::kMismatch, vote.name + ": its members do not see the same features");
    }
    SERMO_TRY(const double weight, weight_of(vote, member->metadata.name));
    cores.push_back(
        {member->metadata.name, weight, pipeline->shared_core(), pipeline->calibrator()});
  }
  SERMO_TRY(const model::Pooling pooling, pooling_of(vote));
  SERMO_TRY(std::shared_ptr<const model::VoteCore> core,
            model::VoteCore::create(std::move(cores), pooling));
  SERMO_TRY(const model::Calibrator calibrator, calibrator_of(vote));
  SERMO_TRY(
      std::unique_ptr<model::Pipeline> pipeline,
      model::Pipeline::create(first->signature(), first->scaler(), std::move(core), calibrator));
  model::Artifact artifact;
  artifact.metadata = {
      .name = vote.name,
      .title = vote.title,
      .hyperparameters = vote.hyperparameters,
      .seed = vote.seed,
      .protocol = vote.protocol,
      .dataset = model::dataset_of(manifest, vote),
      .metrics = {{"test", vote.test}, {"uar_speaker_independent", vote.uar_speaker_independent}},
      .calibration = vote.calibration,
      .sermo_version = manifest.sermo_version};
  if (!vote.enrolled.is_null()) artifact.metadata.metrics["enrolled"] = vote.enrolled;
  artifact.classifier = std::move(pipeline);
  return artifact;
}

}  // namespace sermo::engine
