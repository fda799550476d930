#include "sermo/engine/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <set>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/data/copy_kinds.h"
#include "sermo/data/split.h"
#include "sermo/engine/training/calibrate.h"
#include "sermo/engine/training/fit_candidates.h"
#include "sermo/engine/training/hold_vote.h"
#include "sermo/engine/training/training_part.h"
#include "sermo/eval/examples.h"

namespace sermo::engine {
namespace {

using nlohmann::json;

using Examples = eval::LabelledExamples;

std::set<int> known_speakers(const Examples& rows) {
  std::set<int> speakers(rows.speakers.begin(), rows.speakers.end());
  speakers.erase(data::kUnknownSpeaker);
  return speakers;
}

SplitSummary summarise(const Examples& train, const Examples& test, size_t num_unlabelled) {
  const std::set<int> in_train = known_speakers(train);
  const std::set<int> in_test = known_speakers(test);
  std::vector<int> shared;
  std::set_intersection(in_train.begin(), in_train.end(), in_test.begin(), in_test.end(),
                        std::back_inserter(shared));
  return {train.num_rows(), train.copies.of.size(), test.num_rows(), num_unlabelled,
          in_train.size(),  in_test.size(),         shared.size()};
}

// What the kept models learn from: `train` are positions among the labelled recordings.
json learnt_from(const data::Table& table, const data::LabelledRows& labelled,
                 std::span<const size_t> train) {
  std::vector<size_t> recordings;
  for (const size_t row : train) recordings.push_back(labelled.rows[row]);
  size_t num_copies = 0;
  json kinds = json::object();
  for (const auto& [kind, count] : data::copies_by_kind(table, recordings)) {
    kinds[kind] = count;
    num_copies += count;
  }
  return {{"clips", recordings.size()}, {"copies", num_copies}, {"conditions", std::move(kinds)}};
}

json to_json(const TestScores& scores) {
  return {{"clips", scores.num_clips},
          {"accuracy", scores.accuracy},
          {"uar", scores.uar},
          {"macro_f1", scores.macro_f1}};
}

}  // namespace

std::string_view name_of(Protocol protocol) {
  return protocol == Protocol::kHonest ? "honest" : "original";
}

void join(TrainingReport& report, TrainingReport other) {
  SERMO_CHECK(report.clips_fingerprint == other.clips_fingerprint, "models of the same clips");
  std::ranges::move(other.models, std::back_inserter(report.models));
  std::ranges::move(other.failures, std::back_inserter(report.failures));
}

Result<TrainingReport> train(const data::Table& table, const TrainingOptions& options) {
  if (options.learners.empty())
    return fail(ErrorCode::kUsage, "no model to train, wanted at least one");
  TrainingReport report;
  SERMO_TRY_VOID(data::check_table(table));
  SERMO_TRY(const data::LabelledRows labelled, data::labelled_rows(table));
  report.labels = labelled.labels;
  report.clips_fingerprint = data::clips_fingerprint(table);
  const Examples all = eval::labelled_examples(table, labelled);
  if (options.seed > std::numeric_limits<uint32_t>::max()) {
    return fail(ErrorCode::kUsage,
                fmt::format("the seed is {}, wanted at most 4294967295", options.seed));
  }
  const auto seed = static_cast<uint32_t>(options.seed);
  SERMO_TRY(const data::Split split, data::stratified_split(all.labels, options.test_fraction,
                                                            options.split_seed.value_or(seed)));
  const Examples test = all.at(split.test);
  SERMO_TRY(const TrainingPart part,
            training_part(all.at(split.train), report.labels.size(), seed));
  report.split = summarise(part.rows, test, table.num_rows() - table.num_copies() - all.num_rows());

  const model::Signature signature{table.schema.id, table.schema.num_features(), report.labels};
  std::vector<Candidate> candidates;
  for (const auto& learner : options.learners) {
    candidates.push_back({.name = std::string(learner->name()),
                          .title = std::string(learner->title()),
                          .hyperparameters = learner->hyperparameters(),
                          .fingerprint = eval::learner_fingerprint(*learner, options.class_weight,
                                                                   options.max_epochs),
                          .learner = learner});
  }
  fit_candidates(candidates, options, signature, part, test);
  if (options.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "training was cancelled");

  const model::DatasetInfo dataset{options.dataset_name, static_cast<int64_t>(all.num_rows()),
                                   static_cast<int64_t>(data::num_speakers(table)),
                                   data::fingerprint(table)};
  const json training = learnt_from(table, labelled, split.train);
  const auto finish = [&](Candidate& candidate) {
    TrainedModel trained;
    trained.fit_seconds = candidate.fit_seconds;
    model::Metadata& metadata = trained.artifact.metadata;
    // The original protocol stops elsewhere and weighs otherwise than what was measured.
    const eval::HonestFigure* figure =
        options.protocol == Protocol::kHonest
            ? eval::find_figure(options.honest_figures, candidate.fingerprint, signature.schema_id,
                                dataset.fingerprint)
            : nullptr;
    metadata.calibration = calibrate(candidate.classifier, candidate.held_out, figure, test);
    trained.test = test_scores(*candidate.classifier, test);
    metadata.name = candidate.name;
    metadata.title = candidate.title;
    metadata.hyperparameters = std::move(candidate.hyperparameters);
    metadata.seed = options.seed;
    metadata.protocol = name_of(options.protocol);
    metadata.dataset = dataset;
    metadata.training = training;
    metadata.metrics = {{"test", to_json(trained.test)}, {"uar_speaker_independent", nullptr}};
    if (figure != nullptr) metadata.metrics["uar_speaker_independent"] = figure->uar;
    if (figure != nullptr && !figure->enrolled.empty())
      metadata.metrics["enrolled"] = eval::to_json(figure->enrolled);
    metadata.sermo_version = options.sermo_version;
    trained.artifact.classifier = candidate.classifier;
    trained.artifact.known_rows = model::choose_known_rows(*candidate.classifier, test.features);
    trained.log = std::move(candidate.log);
    report.models.push_back(std::move(trained));
  };
  for (Candidate& candidate : candidates) {
    if (candidate.failure) {
      report.failures.push_back({candidate.name, *candidate.failure});
    } else {
      finish(candidate);
    }
  }
  for (const learn::VoteDefinition& definition : options.votes) {
    Result<Candidate> vote =
        hold_vote(definition, candidates, signature, part, test, options.protocol);
    if (vote) {
      finish(*vote);
    } else {
      report.failures.push_back({definition.name, std::move(vote.error())});
    }
  }
  if (report.models.empty()) return fail(report.failures.front().error);
  return report;
}

}  // namespace sermo::engine
