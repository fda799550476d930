#include "sermo/engine/trainer.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/base/thread_clock.h"
#include "sermo/data/split.h"
#include "sermo/eval/calibration.h"
#include "sermo/eval/examples.h"
#include "sermo/eval/metrics.h"
#include "sermo/model/pipeline.h"
#include "sermo/model/vote/vote.h"

namespace sermo::engine {
namespace {

using nlohmann::json;

constexpr size_t kMaxCalibrationFolds = 5;
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
  return {train.num_rows(), test.num_rows(), num_unlabelled,
          in_train.size(),  in_test.size(),  shared.size()};
}

// Predictions for training clips by a model that had not seen them, and where they come from.
struct HeldOut {
  Matrix probabilities;
  std::vector<size_t> rows;  // of the training part; empty where they are the test clips
  std::vector<int> truth;
  std::string origin;  // empty: there are none
};

// One model on its way.
struct Candidate {
  std::string name;
  std::string title;
  json hyperparameters;
  std::string fingerprint;                        // of eval/honest.h
  std::shared_ptr<const learn::Learner> learner;  // null for a vote
  std::shared_ptr<const model::Classifier> classifier;
  double fit_seconds = 0.0;
  HeldOut held_out;
  std::vector<json> log;
  std::optional<Error> failure;
};

// A turn of the training loop: one fit for one candidate.
struct Fit {
  Candidate* candidate;
  const data::Split* fold;  // null: the fit that is kept
};

// How the training part is used.
struct TrainingPart {
  Examples rows;
  std::vector<data::Split> folds;   // for calibrating learners that use every row
  model::Scaler scaler;             // of all its rows: what the kept models share
  std::optional<data::Split> stop;  // for learners that stop early: rows learnt from, rows watched
};

// Folds as many as the rarest class allows; none where a class has a single clip. A tenth to watch
// where it holds every class.
Result<TrainingPart> training_part(Examples rows, size_t num_labels, uint32_t seed) {
  SERMO_TRY(model::Scaler scaler, model::Scaler::fit(rows.features));
  TrainingPart part{std::move(rows), {}, std::move(scaler), {}};
  std::vector<size_t> counts(num_labels);
  for (int label : part.rows.labels) ++counts[static_cast<size_t>(label)];
  const size_t num_folds =
      std::min(kMaxCalibrationFolds, *std::min_element(counts.begin(), counts.end()));
  if (num_folds >= 2) {
    SERMO_TRY(const std::vector<size_t> fold_of_row,
              data::stratified_folds(part.rows.labels, num_folds, seed));
    for (size_t fold = 0; fold < num_folds; ++fold) {
      part.folds.push_back(data::split_of_fold(fold_of_row, fold));
    }
  }
  Result<data::Split> stop = data::stratified_split(part.rows.labels, eval::kWatchedFraction, seed);
  if (stop) part.stop = std::move(*stop);  // too few rows: such learners run to their last epoch
  return part;
}

class Trainer {
 public:
  Trainer(const TrainingOptions& options, const model::Signature& signature,
          const TrainingPart& part, const Examples& test)
      : options_(options), signature_(signature), part_(part), test_(test) {}

  void fit_all(std::vector<Candidate>& candidates) {
    // Learners that run for epochs take longest, so they come first and no thread is left alone
    // with one at the end.
    std::vector<Fit> fits;
    for (Candidate& candidate : candidates) {
      if (candidate.learner->stops_early()) fits.push_back({&candidate, nullptr});
    }
    for (Candidate& candidate : candidates) {
      if (candidate.learner->stops_early()) continue;
      fits.push_back({&candidate, nullptr});
      if (part_.folds.empty()) continue;
      candidate.held_out = {Matrix(part_.rows.num_rows(), signature_.num_labels()), all_rows(),
                            part_.rows.labels,
                            fmt::format("out of fold, {} stratified folds of the training clips",
                                        part_.folds.size())};
      for (const data::Split& fold : part_.folds) fits.push_back({&candidate, &fold});
    }
    size_t num_done = 0;
    std::mutex mutex;
    parallel_for(fits.size(), options_.num_threads, [&](size_t i) {
      Candidate& candidate = *fits[i].candidate;
      const Result<void> done = fits[i].fold != nullptr ? fit_fold(candidate, *fits[i].fold)
                                : candidate.learner->stops_early() ? fit_watching(candidate)
                                                                   : fit_whole(candidate);
      const std::lock_guard lock(mutex);
      if (!done && !candidate.failure) candidate.failure = done.error();
      ++num_done;
      if (options_.progress) {
        options_.progress({num_done, fits.size(), candidate.name});
      }
    });
  }

 private:
  std::vector<size_t> all_rows() const {
    std::vector<size_t> rows(part_.rows.num_rows());
    std::iota(rows.begin(), rows.end(), size_t{0});
    return rows;
  }

  learn::FitRequest request() const {
    learn::FitRequest request;
    request.signature = signature_;
    request.class_weight = options_.class_weight;
    request.seed = options_.seed;
    request.max_epochs = options_.max_epochs;
    request.cancel = options_.cancel;
    return request;
  }

  Result<void> fit_kept(Candidate& candidate, const learn::FitRequest& request) const {
    const double begin = thread_seconds();
    SERMO_TRY(candidate.classifier, candidate.learner->fit(request));
    candidate.fit_seconds = thread_seconds() - begin;
    return {};
  }

  Result<void> fit_whole(Candidate& candidate) const {
    learn::FitRequest whole = request();
    whole.scaler = part_.scaler;
    whole.train = part_.rows.view();
    return fit_kept(candidate, whole);
  }

  // The watched rows stop the fit, so they have had a say, but nothing was learnt from them.
  Result<void> fit_watching(Candidate& candidate) const {
    learn::FitRequest watching = request();
    watching.log = [&](const json& epoch) { candidate.log.push_back(epoch); };
    const bool watches_test = options_.protocol == Protocol::kOriginal;
    const Examples learnt =
        watches_test || !part_.stop ? part_.rows : part_.rows.at(part_.stop->train);
    const Examples watched = watches_test ? test_
                             : part_.stop ? part_.rows.at(part_.stop->test)
                                          : Examples{};
    watching.scaler = part_.scaler;
    watching.train = learnt.view();
    watching.validation = watched.view();
    SERMO_TRY_VOID(fit_kept(candidate, watching));
    if (watched.num_rows() == 0) return {};
    candidate.classifier->predict_proba(watched.features, candidate.held_out.probabilities);
    if (!watches_test) candidate.held_out.rows = part_.stop->test;
    candidate.held_out.truth = watched.labels;
    candidate.held_out.origin =
        watches_test ? "the test clips, which also stopped the training: optimistic"
                     : "the validation clips, a stratified tenth of the training clips";
    return {};
  }

  Result<void> fit_fold(Candidate& candidate, const data::Split& fold) const {
    const Examples seen = part_.rows.at(fold.train);
    const Examples unseen = part_.rows.at(fold.test);
    learn::FitRequest partial = request();
    partial.train = seen.view();
    SERMO_TRY(const std::unique_ptr<model::Classifier> copy, candidate.learner->fit(partial));
    Matrix probabilities;
    copy->predict_proba(unseen.features, probabilities);
    for (size_t i = 0; i < fold.test.size(); ++i) {  // rows of this fold are no other turn's
      const std::span<const float> from = probabilities.row(i);
      std::copy(from.begin(), from.end(),
                candidate.held_out.probabilities.row(fold.test[i]).begin());
    }
    return {};
  }

  const TrainingOptions& options_;
  const model::Signature& signature_;
  const TrainingPart& part_;
  const Examples& test_;
};

// What calibrates a model, and what is said of it.
struct Calibration {
  model::Calibrator calibrator;
  std::optional<double> threshold;
  json origin;
};

Calibration calibration_for_strangers(const eval::HonestFigure& figure) {
  return {
      figure.calibrator,
      figure.uncertain_below,
      {{"calibrated_on", "unknown speakers"},
       {"calibration_clips", figure.num_clips},
       {"calibration_predictions",
        fmt::format("out of fold, no speaker on both sides ({}, `sermo evaluate`)", figure.folds)},
       {"calibration_accuracy", figure.accuracy}}};
}

Calibration calibration_for_known_speakers(const HeldOut& held_out) {
  Calibration calibration;
  Matrix probabilities = held_out.probabilities;
  calibration.calibrator = eval::fit_calibrator(probabilities, held_out.truth);
  calibration.calibrator.apply(probabilities);
  calibration.threshold = eval::certainty_threshold(probabilities, held_out.truth);
  calibration.origin = {
      {"calibrated_on", "known speakers"},
      {"calibration_clips", held_out.truth.size()},
      {"calibration_predictions", held_out.origin},
      {"calibration_accuracy", eval::confusion_of(probabilities, held_out.truth).accuracy()}};
  return calibration;
}

// Calibrates and says how: on what was measured on strangers' voices where `figure` holds that,
// else on held-out predictions. `classifier` becomes its calibrated self.
json calibrate(std::shared_ptr<const model::Classifier>& classifier, const HeldOut& held_out,
               const eval::HonestFigure* figure, const Examples& test) {
  if (figure == nullptr && held_out.origin.empty()) {
    return {{"method", "none"}, {"calibrated_on", "not measured"}, {"uncertain_below", nullptr}};
  }
  Calibration calibration = figure != nullptr ? calibration_for_strangers(*figure)
                                              : calibration_for_known_speakers(held_out);
  Matrix before;
  classifier->predict_proba(test.features, before);
  classifier = classifier->with_calibrator(calibration.calibrator);
  Matrix after;
  classifier->predict_proba(test.features, after);
  json said = {{"method", "temperature with smoothing"},
               {"temperature", calibration.calibrator.temperature},
               {"smoothing", calibration.calibrator.smoothing},
               {"uncertain_below", nullptr},
               {"ece_before", eval::expected_calibration_error(before, test.labels)},
               {"ece_after", eval::expected_calibration_error(after, test.labels)},
               {"log_loss_before", eval::log_loss(before, test.labels)},
               {"log_loss_after", eval::log_loss(after, test.labels)},
               {"measured_on", "test clips"}};
  said.update(calibration.origin);
  if (calibration.threshold) said["uncertain_below"] = *calibration.threshold;
  if (!held_out.truth.empty()) {
    said["held_out_clips"] = held_out.truth.size();
    said["held_out_accuracy"] =
        eval::confusion_of(held_out.probabilities, held_out.truth).accuracy();
  }
  return said;
}

TestScores test_scores(const model::Classifier& classifier, const Examples& test) {
  Matrix probabilities;
  classifier.predict_proba(test.features, probabilities);
  const eval::ConfusionMatrix confusion = eval::confusion_of(probabilities, test.labels);
  return {confusion.total(), confusion.accuracy(), confusion.unweighted_average_recall(),
          confusion.macro_f1()};
}

// What the members, calibrated, answered to the training clips that none of them had learnt from,
// weighed as in the vote.
HeldOut held_out_vote(const std::vector<const Candidate*>& members,
                      const std::vector<double>& weights, const TrainingPart& part,
                      size_t num_labels) {
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
  held_out.probabilities.resize(rows.size(), num_labels);
  std::ranges::fill(std::span(held_out.probabilities.data(), rows.size() * num_labels), 0.0f);
  for (size_t m = 0; m < members.size(); ++m) {
    Matrix calibrated = members[m]->held_out.probabilities;
    members[m]->classifier->calibrator().apply(calibrated);
    std::vector<size_t> position_of_row(part.rows.num_rows());
    for (size_t i = 0; i < members[m]->held_out.rows.size(); ++i)
      position_of_row[members[m]->held_out.rows[i]] = i;
    for (size_t i = 0; i < rows.size(); ++i) {
      const std::span<const float> from = std::as_const(calibrated).row(position_of_row[rows[i]]);
      for (size_t k = 0; k < num_labels; ++k)
        held_out.probabilities(i, k) += static_cast<float>(weights[m]) * from[k];
    }
  }
  for (size_t row : rows) held_out.truth.push_back(part.rows.labels[row]);
  held_out.rows = std::move(rows);
  return held_out;
}

// A vote of members that are fitted and calibrated already. Their weights are accuracies: on
// training clips that they had not learnt from, or in the original protocol, as there, on the test
// clips.
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
            model::VoteCore::create(std::move(cores)));
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
      {"weights", shares},
      {"weighted_by", protocol == Protocol::kHonest ? "accuracy on training clips not learnt from"
                                                    : "accuracy on the test clips: optimistic"}};
  candidate.held_out = held_out_vote(members, weights, part, signature.num_labels());
  SERMO_TRY(candidate.classifier, model::Pipeline::create(signature, part.scaler, vote));
  candidate.fit_seconds = thread_seconds() - begin;
  return candidate;
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

Result<TrainingReport> train(const data::Table& table, const TrainingOptions& options) {
  if (options.learners.empty())
    return fail(ErrorCode::kUsage, "no model to train, wanted at least one");
  TrainingReport report;
  SERMO_TRY_VOID(data::check_table(table));
  SERMO_TRY(const data::LabelledRows labelled, data::labelled_rows(table));
  report.labels = labelled.labels;
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
  report.split = summarise(part.rows, test, table.num_rows() - all.num_rows());

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
  Trainer(options, signature, part, test).fit_all(candidates);
  if (options.cancel.stop_requested()) return fail(ErrorCode::kCancelled, "training was cancelled");

  const model::DatasetInfo dataset{options.dataset_name, static_cast<int64_t>(all.num_rows()),
                                   static_cast<int64_t>(data::num_speakers(table)),
                                   data::fingerprint(table)};
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
    metadata.metrics = {{"test", to_json(trained.test)}, {"uar_speaker_independent", nullptr}};
    if (figure != nullptr) metadata.metrics["uar_speaker_independent"] = figure->uar;
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
