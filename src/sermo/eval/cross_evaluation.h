// Every learner on every fold: predictions for clips that the model had not learnt from.
//
// For each fold everything that is fitted is fitted inside its training part: the model and its
// scaler, the tenth that stops nets, and, on the predictions of copies fitted on inner folds
// (inner_folds.h), the calibrator, the threshold of `uncertain` and the weights of votes. A tested
// clip has no say in any of them. Degraded copies that hang on rows are learnt from where their row
// is, by the model and its scaler, and seen by nothing else. Fits run side by side, one thread
// each; results do not depend on the number of threads.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/eval/examples.h"
#include "sermo/eval/folds.h"
#include "sermo/learn/learner.h"
#include "sermo/learn/votes.h"

namespace sermo::eval {

// What the calibrator, the threshold and the weights of a fold are fitted on.
enum class CalibrationRows {
  // Copies fitted on inner folds answer for the training part: up to six times the fits.
  kInnerFolds,
  // The out-of-fold predictions of the other folds: no further fits. The models behind these had
  // learnt from the tested clips, so a trace of these reaches two numbers a fold.
  kOtherFolds,
};

struct CrossEvaluationProgress {
  size_t num_fits_done = 0;
  size_t num_fits = 0;
  std::string note;  // which fit has just ended
};

// Every row as it would be in some condition (augment/condition.h).
struct TestCondition {
  std::string name;
  Matrix features;  // [N, D]
};

// Further rows asked of one fold's model, which may depend on what it learnt from.
struct FoldQuestion {
  size_t fold = 0;
  size_t num_rows = 0;
  // Raw rows [num_rows, D], given the mean of the rows that the model was trained on, [D]. Called
  // from any thread.
  std::function<Matrix(std::span<const float> training_mean)> rows;
};

struct CrossEvaluationOptions {
  std::vector<std::shared_ptr<const learn::Learner>> learners;
  std::vector<learn::VoteDefinition> votes;  // their members must be among the learners
  CalibrationRows calibration_rows = CalibrationRows::kInnerFolds;
  learn::ClassWeight class_weight = learn::ClassWeight::kNone;
  uint64_t seed = 42;  // of every learner and of what is cut inside training parts
  int max_epochs = 0;  // of what trains in epochs; 0: as many as its recipe says
  int num_threads = 1;
  // Asked of each fold's model besides the tested rows as they are; nothing is fitted on them.
  std::span<const TestCondition> conditions;
  std::span<const FoldQuestion> questions;  // likewise
  std::stop_token cancel;
  std::function<void(const CrossEvaluationProgress&)>
      progress;  // may be empty; called from any thread, one at a time
};

// What one model answered to the M tested rows. Rows of a fold are calibrated by what was fitted in
// that fold.
struct Answers {
  Matrix raw;                   // [M, K]
  Matrix calibrated;            // [M, K]
  std::vector<bool> uncertain;  // [M], below the fold's threshold; all true where it has none
};

struct OutOfFoldModel : Answers {
  std::string name;
  std::string title;
  nlohmann::json hyperparameters;
  std::string fingerprint;             // of honest.h
  std::string schema_id;               // of the features it was fitted on
  std::vector<Answers> in_conditions;  // to the same rows, one a condition that was asked for
  std::vector<Matrix> to_questions;    // [num_rows, K] each, calibrated as their fold is
  std::string calibrated_on;           // for people; empty: not calibrated
  double fit_seconds = 0.0;  // processor time, mean over the folds, without copies for calibration
  double total_seconds = 0.0;  // likewise, of all its fits
};

struct FailedModel {
  std::string name;
  Error error;
};

struct CrossEvaluation {
  std::vector<size_t> rows;            // [M] tested rows, ascending: indices into the labelled rows
  std::vector<size_t> fold_of;         // [M] which fold tests them
  std::vector<int> truth;              // [M]
  std::vector<OutOfFoldModel> models;  // learners, then votes
  std::vector<FailedModel> failures;   // the others went on
  std::vector<std::string> conditions;  // names of those that were asked for
};

// `signature.labels` are the names of the classes. kUsage without learners, kTooLarge where the
// predictions would not fit into a few GiB, kCancelled; where every model fails, the first one's
// error.
Result<CrossEvaluation> cross_evaluate(const LabelledExamples& rows, const FoldPlan& plan,
                                       const model::Signature& signature,
                                       const CrossEvaluationOptions& options);

// Adds what models of other features answered to the same rows under the same plan.
void join(CrossEvaluation& evaluation, CrossEvaluation other);

// One model fitted on a whole training part as a fold's is, copies included: what learners that
// stop early watch is a stratified tenth of it, and of that no copies.
Result<std::unique_ptr<model::Classifier>> fit_part(const learn::Learner& learner,
                                                    const LabelledExamples& part,
                                                    const model::Signature& signature,
                                                    const CrossEvaluationOptions& options);

}  // namespace sermo::eval
