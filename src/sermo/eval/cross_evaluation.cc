#include "sermo/eval/cross_evaluation.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <numeric>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/parallel.h"
#include "sermo/base/thread_clock.h"
#include "sermo/eval/calibration.h"
#include "sermo/eval/honest.h"
#include "sermo/eval/inner_folds.h"
#include "sermo/eval/metrics.h"
#include "sermo/model/scaler.h"

namespace sermo::eval {
namespace {

constexpr size_t kMaxPredictionBytes = size_t{4} << 30;

// Predictions for some rows of the table; the others are not meant to be looked at.
struct HeldOut {
  Matrix probabilities;      // [N, K], row by row of the table
  std::vector<size_t> rows;  // those that were predicted, ascending
};

// Which rows, of which features, a fit answers to, and where the answers go.
struct Use {
  const std::vector<size_t>* rows;
  const Matrix* features;
  Matrix* into;
};

// One model fitted on one set of rows, whatever folds it serves.
struct Fit {
  size_t learner = 0;
  std::vector<size_t> train;
  std::vector<Use> uses;
  std::vector<size_t> questions;  // of CrossEvaluationOptions
  bool is_outer = false;
  double seconds = 0.0;
};

// What is fitted in a fold besides the model.
struct FoldCalibration {
  model::Calibrator calibrator;
  std::optional<double> threshold;
  double accuracy = 0.0;  // on the held-out rows
};

std::vector<size_t> all_rows(const Matrix& matrix) {
  std::vector<size_t> rows(matrix.num_rows());
  std::iota(rows.begin(), rows.end(), size_t{0});
  return rows;
}

void copy_rows(MatrixView from, std::span<const size_t> from_rows, Matrix& to) {
  for (size_t i = 0; i < from_rows.size(); ++i)
    std::ranges::copy(from.row(i), to.row(from_rows[i]).begin());
}

FoldCalibration fit_calibration(const HeldOut& held_out, std::span<const int> labels) {
  Matrix probabilities = select_rows(held_out.probabilities, held_out.rows);
  std::vector<int> truth;
  for (size_t r : held_out.rows) truth.push_back(labels[r]);
  FoldCalibration fitted;
  fitted.calibrator = fit_calibrator(probabilities, truth);
  fitted.calibrator.apply(probabilities);
  fitted.threshold = certainty_threshold(probabilities, truth);
  fitted.accuracy = confusion_of(probabilities, truth).accuracy();
  return fitted;
}

class CrossEvaluator {
 public:
  CrossEvaluator(const LabelledExamples& rows, const FoldPlan& plan,
                 const model::Signature& signature, const CrossEvaluationOptions& options)
      : rows_(rows), plan_(plan), signature_(signature), options_(options) {}

  Result<CrossEvaluation> run() {
    if (options_.learners.empty())
      return fail(ErrorCode::kUsage, "no model to evaluate, wanted at least one");
    SERMO_TRY_VOID(prepare());
    fit_all();
    if (options_.cancel.stop_requested())
      return fail(ErrorCode::kCancelled, "the evaluation was cancelled");
    CrossEvaluation evaluation = tested_rows();
    for (size_t l = 0; l < options_.learners.size(); ++l) {
      const learn::Learner& learner = *options_.learners[l];
      if (errors_[l]) {
        evaluation.failures.push_back({std::string(learner.name()), *errors_[l]});
        continue;
      }
      calibrate(l);
      OutOfFoldModel model{answers(raw_[l], calibrations_[l], evaluation)};
      for (const Matrix& raw : in_conditions_[l])
        model.in_conditions.push_back(answers(raw, calibrations_[l], evaluation));
      model.to_questions = calibrated_questions(asked_[l], calibrations_[l]);
      model.calibrated_on = calibrated_on();
      model.schema_id = signature_.schema_id;
      model.name = learner.name();
      model.title = learner.title();
      model.hyperparameters = learner.hyperparameters();
      model.fingerprint = fingerprint(l);
      for (const Fit& fit : fits_) {
        if (fit.learner != l) continue;
        model.total_seconds += fit.seconds;
        if (fit.is_outer) model.fit_seconds += fit.seconds / static_cast<double>(num_folds());
      }
      evaluation.models.push_back(std::move(model));
    }
    for (const learn::VoteDefinition& vote : options_.votes) {
      Result<OutOfFoldModel> model = hold_vote(vote, evaluation);
      if (model) {
        evaluation.models.push_back(std::move(*model));
      } else {
        evaluation.failures.push_back({vote.name, std::move(model.error())});
      }
    }
    if (evaluation.models.empty()) return fail(evaluation.failures.front().error);
    return evaluation;
  }

 private:
  size_t num_folds() const { return plan_.folds.size(); }
  size_t num_rows() const { return rows_.num_rows(); }

  std::string fingerprint(size_t l) const {
    return learner_fingerprint(*options_.learners[l], options_.class_weight, options_.max_epochs);
  }

  FoldRows fold_rows() const { return {rows_.labels, rows_.speakers, {}}; }

  // Lists the fits; equal training rows are fitted once.
  Result<void> prepare() {
    const size_t num_learners = options_.learners.size();
    const bool nested = options_.calibration_rows == CalibrationRows::kInnerFolds;
    size_t num_answers = num_rows() * (1 + num_folds() + options_.conditions.size());
    for (const FoldQuestion& question : options_.questions) num_answers += question.num_rows;
    if (num_answers * signature_.num_labels() * sizeof(float) >
        kMaxPredictionBytes / num_learners) {
      return fail(ErrorCode::kTooLarge,
                  fmt::format("{} clips in {} folds by {} models at once: name fewer models",
                              num_rows(), num_folds(), num_learners));
    }
    errors_.resize(num_learners);
    calibrations_.resize(num_learners);
    inner_.resize(num_folds());
    for (size_t k = 0; nested && k < num_folds(); ++k)
      inner_[k] = inner_folds(plan_, k, fold_rows(), static_cast<uint32_t>(options_.seed));
    for (size_t l = 0; l < num_learners; ++l) {
      raw_.emplace_back(num_rows(), signature_.num_labels());
      in_conditions_.emplace_back(options_.conditions.size(), raw_.back());
      asked_.emplace_back(options_.questions.size());
      held_out_.emplace_back(num_folds());
      for (HeldOut& held_out : held_out_.back()) {
        if (nested) held_out.probabilities.resize(num_rows(), signature_.num_labels());
      }
    }
    std::map<std::pair<size_t, std::vector<size_t>>, size_t> known;
    const auto add = [&](size_t learner, std::vector<size_t> train, const std::vector<size_t>& test,
                         Matrix& into, bool is_outer) -> Fit& {
      std::vector<size_t> key = train;  // the order in which a fit sees its rows is kept
      std::ranges::sort(key);
      const auto [at, is_new] = known.try_emplace({learner, std::move(key)}, fits_.size());
      if (is_new) fits_.push_back({learner, std::move(train), {}, {}, is_outer});
      fits_[at->second].uses.push_back({&test, &rows_.features, &into});
      return fits_[at->second];
    };
    // What trains in epochs takes longest and starts first, so that no thread is left alone with it
    // at the end.
    for (const bool early : {true, false}) {
      for (size_t l = 0; l < num_learners; ++l) {
        if (options_.learners[l]->stops_early() != early) continue;
        for (size_t k = 0; k < num_folds(); ++k) {
          const std::vector<size_t>& test = plan_.folds[k].rows.test;
          Fit& outer = add(l, plan_.folds[k].rows.train, test, raw_[l], true);
          for (size_t c = 0; c < options_.conditions.size(); ++c)
            outer.uses.push_back({&test, &options_.conditions[c].features, &in_conditions_[l][c]});
          for (size_t q = 0; q < options_.questions.size(); ++q) {
            if (options_.questions[q].fold == k) outer.questions.push_back(q);
          }
          for (const data::Split& split : inner_[k].splits)
            add(l, split.train, split.test, held_out_[l][k].probabilities, false);
        }
      }
    }
    return {};
  }

  void fit_all() {
    size_t num_done = 0;
    std::mutex mutex;
    parallel_for(fits_.size(), options_.num_threads, [&](size_t i) {
      Fit& fit = fits_[i];
      {
        const std::lock_guard lock(mutex);
        if (errors_[fit.learner] || options_.cancel.stop_requested()) return;
      }
      const Result<void> done = take(fit);
      const std::lock_guard lock(mutex);
      if (!done && !errors_[fit.learner]) errors_[fit.learner] = done.error();
      ++num_done;
      if (options_.progress)
        options_.progress(
            {num_done, fits_.size(), std::string(options_.learners[fit.learner]->name())});
    });
  }

  Result<void> take(Fit& fit) {
    const learn::Learner& learner = *options_.learners[fit.learner];
    const double begin = thread_seconds();
    SERMO_TRY(const std::unique_ptr<model::Classifier> classifier,
              fit_part(learner, rows_.at(fit.train), signature_, options_));
    fit.seconds = thread_seconds() - begin;
    Matrix probabilities;
    for (const Use& use : fit.uses) {  // no two fits answer for one row of one matrix
      classifier->predict_proba(select_rows(*use.features, *use.rows), probabilities);
      copy_rows(probabilities, *use.rows, *use.into);
    }
    for (const size_t q : fit.questions) {
      if (options_.cancel.stop_requested()) break;
      const FoldQuestion& question = options_.questions[q];
      const Matrix rows = question.rows(classifier->training_mean());
      SERMO_CHECK(rows.num_rows() == question.num_rows, "as many rows as were announced");
      classifier->predict_proba(rows, asked_[fit.learner][q]);
    }
    return {};
  }

  CrossEvaluation tested_rows() const {
    std::vector<std::pair<size_t, size_t>> tested;
    for (size_t k = 0; k < num_folds(); ++k) {
      for (size_t r : plan_.folds[k].rows.test) tested.emplace_back(r, k);
    }
    std::ranges::sort(tested);
    CrossEvaluation evaluation;
    for (const auto& [row, fold] : tested) {
      evaluation.rows.push_back(row);
      evaluation.fold_of.push_back(fold);
      evaluation.truth.push_back(rows_.labels[row]);
    }
    for (const TestCondition& condition : options_.conditions)
      evaluation.conditions.push_back(condition.name);
    return evaluation;
  }

  // Rows of the training part of a fold for which there are predictions to calibrate on.
  std::vector<size_t> calibration_rows(size_t k) const {
    std::vector<size_t> rows;
    if (options_.calibration_rows == CalibrationRows::kInnerFolds) {
      for (const data::Split& split : inner_[k].splits)
        rows.insert(rows.end(), split.test.begin(), split.test.end());
    } else {
      std::vector<bool> learnt(num_rows());
      for (size_t r : plan_.folds[k].rows.train) learnt[r] = true;
      for (size_t j = 0; j < num_folds(); ++j) {
        if (j == k) continue;
        for (size_t r : plan_.folds[j].rows.test) {
          if (learnt[r]) rows.push_back(r);
        }
      }
    }
    std::ranges::sort(rows);
    return rows;
  }

  std::string calibrated_on() const {
    size_t num_calibrated = 0;
    for (size_t k = 0; k < num_folds(); ++k) num_calibrated += calibration_rows(k).size();
    if (num_calibrated == 0) return {};
    if (options_.calibration_rows == CalibrationRows::kOtherFolds)
      return "out-of-fold predictions of the other folds";
    return fmt::format("inner folds ({})", inner_.front().how);
  }

  void calibrate(size_t l) {
    for (size_t k = 0; k < num_folds(); ++k) {
      HeldOut& held_out = held_out_[l][k];
      held_out.rows = calibration_rows(k);
      if (options_.calibration_rows == CalibrationRows::kOtherFolds)
        held_out.probabilities = raw_[l];
      calibrations_[l].push_back(fit_calibration(held_out, rows_.labels));
    }
  }

  // The tested rows of `raw`, as they are and calibrated fold by fold.
  Answers answers(const Matrix& raw, const std::vector<FoldCalibration>& calibrations,
                  const CrossEvaluation& evaluation) const {
    Answers model;
    model.raw = select_rows(raw, evaluation.rows);
    model.calibrated = model.raw;
    model.uncertain.assign(evaluation.rows.size(), true);
    for (size_t k = 0; k < num_folds(); ++k) {
      std::vector<size_t> of_fold;
      for (size_t i = 0; i < evaluation.rows.size(); ++i) {
        if (evaluation.fold_of[i] == k) of_fold.push_back(i);
      }
      Matrix calibrated = select_rows(model.raw, of_fold);
      calibrations[k].calibrator.apply(calibrated);
      copy_rows(calibrated, of_fold, model.calibrated);
      if (!calibrations[k].threshold) continue;
      for (size_t i : of_fold) {
        const std::span<const float> row = std::as_const(model.calibrated).row(i);
        model.uncertain[i] = row[model::argmax(row)] < *calibrations[k].threshold;
      }
    }
    return model;
  }

  // `raw`, one a question, each calibrated by what was fitted in its fold.
  std::vector<Matrix> calibrated_questions(std::vector<Matrix> raw,
                                           const std::vector<FoldCalibration>& calibrations) const {
    for (size_t q = 0; q < raw.size(); ++q)
      calibrations[options_.questions[q].fold].calibrator.apply(raw[q]);
    return raw;
  }

  // As `train` holds votes: members calibrated by themselves and weighed by their accuracy on the
  // held-out rows of the fold, then calibrated together.
  Result<OutOfFoldModel> hold_vote(const learn::VoteDefinition& definition,
                                   const CrossEvaluation& evaluation) const {
    std::vector<size_t> members;
    for (const std::string& name : definition.members) {
      const auto found = std::ranges::find_if(
          options_.learners, [&](const auto& learner) { return learner->name() == name; });
      if (found == options_.learners.end() ||
          errors_[static_cast<size_t>(found - options_.learners.begin())]) {
        return fail(ErrorCode::kNotFound,
                    fmt::format("{}: its member {} was not fitted", definition.name, name));
      }
      members.push_back(static_cast<size_t>(found - options_.learners.begin()));
    }
    Matrix raw(num_rows(), signature_.num_labels());
    std::vector<Matrix> in_conditions(options_.conditions.size(), raw);
    std::vector<Matrix> asked;
    for (const FoldQuestion& question : options_.questions)
      asked.emplace_back(question.num_rows, signature_.num_labels());
    std::vector<FoldCalibration> calibrations;
    for (size_t k = 0; k < num_folds(); ++k) {
      const std::vector<double> weights = vote_weights(members, k);
      // The members' answers to some rows, calibrated and pooled.
      const auto pool = [&](const auto& answers_of, std::span<const size_t> rows, Matrix& to) {
        std::vector<Matrix> answers;
        for (size_t l : members) {
          answers.push_back(select_rows(answers_of(l), rows));
          calibrations_[l][k].calibrator.apply(answers.back());
        }
        Matrix pooled;
        model::pool(definition.pooling, answers, weights, pooled);
        copy_rows(pooled, rows, to);
      };
      HeldOut held_out{Matrix(num_rows(), signature_.num_labels()), calibration_rows(k)};
      const std::vector<size_t>& test = plan_.folds[k].rows.test;
      pool([&](size_t l) -> const Matrix& { return held_out_[l][k].probabilities; }, held_out.rows,
           held_out.probabilities);
      pool([&](size_t l) -> const Matrix& { return raw_[l]; }, test, raw);
      for (size_t c = 0; c < in_conditions.size(); ++c)
        pool([&](size_t l) -> const Matrix& { return in_conditions_[l][c]; }, test,
             in_conditions[c]);
      for (size_t q = 0; q < asked.size(); ++q) {
        if (options_.questions[q].fold == k)
          pool([&](size_t l) -> const Matrix& { return asked_[l][q]; }, all_rows(asked[q]),
               asked[q]);
      }
      calibrations.push_back(fit_calibration(held_out, rows_.labels));
    }
    OutOfFoldModel model{answers(raw, calibrations, evaluation)};
    for (const Matrix& condition : in_conditions)
      model.in_conditions.push_back(answers(condition, calibrations, evaluation));
    model.to_questions = calibrated_questions(std::move(asked), calibrations);
    model.calibrated_on = calibrated_on();
    model.schema_id = signature_.schema_id;
    model.name = definition.name;
    model.title = definition.title;
    model.hyperparameters = {{"members", definition.members},
                             {"pooling", model::pooling_name(definition.pooling)}};
    std::vector<std::string> fingerprints;
    for (size_t l : members) fingerprints.push_back(fingerprint(l));
    model.fingerprint = vote_fingerprint(definition, fingerprints);
    return model;
  }

  // Of a vote's members in a fold: their shares of the sum of their accuracies there.
  std::vector<double> vote_weights(std::span<const size_t> members, size_t k) const {
    double sum = 0.0;
    for (size_t l : members) sum += calibrations_[l][k].accuracy;
    std::vector<double> weights;
    for (size_t l : members) {
      weights.push_back(sum > 0.0 ? calibrations_[l][k].accuracy / sum
                                  : 1.0 / static_cast<double>(members.size()));
    }
    return weights;
  }

  const LabelledExamples& rows_;
  const FoldPlan& plan_;
  const model::Signature& signature_;
  const CrossEvaluationOptions& options_;

  std::vector<InnerFolds> inner_;                           // one a fold
  std::vector<Matrix> raw_;                                 // [learner], [N, K] each
  std::vector<std::vector<Matrix>> in_conditions_;          // [learner][condition], [N, K] each
  std::vector<std::vector<Matrix>> asked_;                  // [learner][question], raw
  std::vector<std::vector<HeldOut>> held_out_;              // [learner][fold]
  std::vector<std::vector<FoldCalibration>> calibrations_;  // [learner][fold]
  std::vector<std::optional<Error>> errors_;                // [learner]
  std::vector<Fit> fits_;
};

}  // namespace

void join(CrossEvaluation& evaluation, CrossEvaluation other) {
  SERMO_CHECK(evaluation.rows == other.rows && evaluation.fold_of == other.fold_of,
              "answers to the same rows");
  std::ranges::move(other.models, std::back_inserter(evaluation.models));
  std::ranges::move(other.failures, std::back_inserter(evaluation.failures));
}

Result<std::unique_ptr<model::Classifier>> fit_part(const learn::Learner& learner,
                                                    const LabelledExamples& part,
                                                    const model::Signature& signature,
                                                    const CrossEvaluationOptions& options) {
  learn::FitRequest request;
  request.signature = signature;
  request.class_weight = options.class_weight;
  request.seed = options.seed;
  request.max_epochs = options.max_epochs;
  request.cancel = options.cancel;
  const auto seed = static_cast<uint32_t>(options.seed);
  const Result<data::Split> stop = learner.stops_early()
                                       ? data::stratified_split(part.labels, kWatchedFraction, seed)
                                       : fail(ErrorCode::kUsage, "nothing is watched");
  const LabelledExamples whole = part.with_copies();
  if (learner.stops_early()) {
    SERMO_TRY(request.scaler, model::Scaler::fit(whole.features));
  }
  if (!stop) {  // it stops by itself, or there are too few rows: it runs to its last epoch
    request.train = whole.view();
    return learner.fit(request);
  }
  const LabelledExamples learnt = part.at(stop->train).with_copies();
  const LabelledExamples watched = part.at(stop->test);
  request.train = learnt.view();
  request.validation = watched.view();
  return learner.fit(request);
}

Result<CrossEvaluation> cross_evaluate(const LabelledExamples& rows, const FoldPlan& plan,
                                       const model::Signature& signature,
                                       const CrossEvaluationOptions& options) {
  SERMO_CHECK(!plan.folds.empty(), "a plan has folds");
  return CrossEvaluator(rows, plan, signature, options).run();
}

}  // namespace sermo::eval
