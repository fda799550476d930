// From a labelled table to trained, calibrated and tested models.
//
// Degraded copies in the table are learnt from where their recording is, by models and scaler, and
// seen by nothing else: not by the split, calibration, thresholds, early stopping or the test.
//
// The table is split once, stratified by label; every learner is fitted on the training part,
// calibrated on predictions for training clips that the fitted copy had not seen, and only then
// tested on the test part, once. The fits run side by side, one thread each; the same table,
// options and seed give the same models, byte for byte, whatever the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/data/table.h"
#include "sermo/eval/honest.h"
#include "sermo/learn/learner.h"
#include "sermo/learn/votes.h"
#include "sermo/model/artifact.h"

namespace sermo::engine {

enum class Protocol {
  kHonest,    // whatever looks at scores while learning looks at training clips only
  kOriginal,  // learners that stop early watch the test part, as the original did: optimistic
};

std::string_view name_of(Protocol protocol);

struct TrainingProgress {
  size_t num_fits_done = 0;
  size_t num_fits = 0;
  std::string note;  // which fit has just ended
};

struct TrainingOptions {
  std::vector<std::shared_ptr<const learn::Learner>> learners;
  std::vector<learn::VoteDefinition> votes;  // their members must be among the learners
  Protocol protocol = Protocol::kHonest;
  uint64_t seed = 42;  // of every learner and of what is held out in training; at most 2^32 - 1
  std::optional<uint32_t> split_seed;  // of the split into training and test; as `seed` where unset
  double test_fraction = 0.2;          // of the labelled clips
  learn::ClassWeight class_weight = learn::ClassWeight::kNone;
  int max_epochs = 0;  // of what trains in epochs; 0: as many as its recipe says
  int num_threads = 1;
  // What `evaluate` measured on speakers that were not learnt from: where one of these is of a
  // model, schema and table to be trained, it says what the model is worth and calibrates it.
  std::vector<eval::HonestFigure> honest_figures;
  std::string dataset_name;
  std::string sermo_version;
  std::stop_token cancel;
  std::function<void(const TrainingProgress&)>
      progress;  // may be empty; called from any thread, one at a time
};

// Who speaks where.
struct SplitSummary {
  size_t num_train = 0;
  size_t num_train_copies = 0;  // degraded ones of these, learnt from besides
  size_t num_test = 0;
  size_t num_unlabelled = 0;      // rows of the table left out, because nobody says what they are
  size_t num_train_speakers = 0;  // known ones
  size_t num_test_speakers = 0;
  size_t num_shared_speakers = 0;  // in both parts
};

struct TestScores {
  size_t num_clips = 0;
  double accuracy = 0.0;
  double uar = 0.0;
  double macro_f1 = 0.0;
};

struct TrainedModel {
  model::Artifact artifact;
  TestScores test;
  double fit_seconds = 0.0;         // processor time of the one thread that fitted it
  std::vector<nlohmann::json> log;  // one object an epoch, from what trains in epochs
};

struct FailedFit {
  std::string name;
  Error error;
};

struct TrainingReport {
  std::vector<TrainedModel> models;  // schema by schema, learners in order, then votes
  std::vector<FailedFit> failures;   // learners that could not be fitted; the others went on
  SplitSummary split;
  std::vector<std::string> labels;
  std::string clips_fingerprint;  // of data/table.h
};

// Adds what was trained under another schema. The clips must be the same, so that none is test in
// one and learnt from in the other.
void join(TrainingReport& report, TrainingReport other);

// kTooShort when there are too few labelled clips to split, kUsage for impossible options,
// kCancelled. A learner that fails is listed in the report; when all fail, the first one's error is
// the result.
Result<TrainingReport> train(const data::Table& table, const TrainingOptions& options);

}  // namespace sermo::engine
