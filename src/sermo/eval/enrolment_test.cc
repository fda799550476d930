#include "sermo/eval/enrolment.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "made_up_table.h"
#include "sermo/base/mt19937.h"
#include "sermo/eval/calibration.h"
#include "sermo/eval/enrolment_draws.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/registry.h"

namespace sermo::eval {
namespace {

// Eight speakers of 30 clips each, whose voices shift every feature by something of their own,
// times `voice`.
struct Corpus {
  LabelledExamples rows;
  model::Signature signature;
  std::vector<std::string> paths;

  explicit Corpus(float voice) {
    testing::MadeUpTable table = testing::made_up_table({.spread = 1.5f});
    rows.features = std::move(table.features);
    rows.labels = std::move(table.labels);
    RandomState random(5);
    std::vector<float> own(rows.features.num_cols());
    for (size_t r = 0; r < rows.num_rows(); ++r) {
      if (r % 30 == 0) {
        for (float& value : own) value = voice * static_cast<float>(random.random_sample() - 0.5);
      }
      rows.speakers.push_back(static_cast<int>(r / 30));
      paths.push_back(std::to_string(r));
      for (size_t c = 0; c < own.size(); ++c) rows.features(r, c) += own[c];
    }
    signature = {"test", rows.features.num_cols(), {"a", "b", "neutral", "d"}};
  }
  FoldPlan by_speaker() const {
    return leave_one_speaker_out({rows.labels, rows.speakers, paths}).value();
  }
};

CrossEvaluationOptions options_for(const std::vector<std::string>& names) {
  CrossEvaluationOptions options;
  options.calibration_rows = CalibrationRows::kOtherFolds;
  for (const std::string& name : names)
    options.learners.push_back(learn::find_learner(name).value());
  return options;
}

Result<EnrolmentTrial> trial_of(const Corpus& corpus, const FoldPlan& plan,
                                const EnrolmentOptions& options = {}) {
  return EnrolmentTrial::create(corpus.rows, plan, corpus.signature.labels, 42, options);
}

struct Measured {
  CrossEvaluation answers;
  EnrolmentFindings findings;
};

Measured measured(const Corpus& corpus, CrossEvaluationOptions options,
                  const EnrolmentOptions& enrolment = {}) {
  const FoldPlan plan = corpus.by_speaker();
  const EnrolmentTrial trial = trial_of(corpus, plan, enrolment).value();
  const std::vector<FoldQuestion> questions = trial.questions();
  options.questions = questions;
  CrossEvaluation answers = cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
  return {answers, trial.findings(answers)};
}

TEST(Enrolment, HelpsWhereVoicesDifferMoreTheMoreClips) {
  const Corpus corpus(12.0f);
  const EnrolmentFindings found = measured(corpus, options_for({"logistic"})).findings;
  const EnrolmentCurve& curve = found.models.at(0).curves.at(0);
  EXPECT_EQ(curve.clips_of, "every label");
  ASSERT_EQ(curve.points.size(), 5u);  // 1, 2, 3, 5 and 10 of at most 15
  EXPECT_EQ(curve.points.back().num_clips, 10u);
  EXPECT_EQ(curve.points.back().num_speakers, 8u);
  EXPECT_GT(curve.points.back().uar, curve.points.back().uar_unknown + 0.1);
  EXPECT_GT(curve.points.back().gain->interval.low, 0.0);
  EXPECT_GT(curve.points.back().uar, curve.points.front().uar);
  for (const EnrolmentPoint& point : curve.points) {
    EXPECT_EQ(point.uar_unknown, curve.points.front().uar_unknown) << "the same clips are scored";
    EXPECT_NEAR(point.gain->difference, point.uar - point.uar_unknown, 1e-12);
  }
}

TEST(Enrolment, EqualsTheSameByHand) {
  // One draw of one clip, counted without the code under test's own loops.
  const Corpus corpus(6.0f);
  const CrossEvaluationOptions options = options_for({"lda"});
  const EnrolmentFindings found = measured(corpus, options, {.num_draws = 1}).findings;
  const FoldPlan plan = corpus.by_speaker();
  std::vector<double> right(4);
  std::vector<double> all(4);
  for (const EnrolmentDraw& draw :
       draw_given_clips(GivenClips::kNeutral, corpus.rows, plan, corpus.signature.labels, 1, 42)) {
    const auto classifier =
        fit_part(*options.learners[0], corpus.rows.at(plan.folds[draw.fold].rows.train),
                 corpus.signature, options)
            .value();
    for (size_t r : draw.scored) {
      Matrix row = select_rows(corpus.rows.features, std::vector<size_t>{r});
      for (size_t c = 0; c < row.num_cols(); ++c) {
        row(0, c) -=
            (corpus.rows.features(draw.given[0], c) - classifier->training_mean()[c]) / 6.0f;
      }
      Matrix probabilities;
      classifier->predict_proba(row, probabilities);
      const auto truth = static_cast<size_t>(corpus.rows.labels[r]);
      right[truth] += model::argmax(std::as_const(probabilities).row(0)) == truth ? 1.0 : 0.0;
      all[truth] += 1.0;
    }
  }
  double uar = 0.0;
  for (size_t k = 0; k < 4; ++k) uar += right[k] / all[k] / 4.0;
  const EnrolmentCurve& neutral = found.models.at(0).curves.at(2);
  EXPECT_EQ(neutral.clips_of, "neutral");
  EXPECT_EQ(neutral.points.at(0).num_clips, 1u);
  EXPECT_NEAR(neutral.points.at(0).uar, uar, 0.01);  // an answer near a tie may fall otherwise
}

// A vote's answers by hand: members calibrated and weighed by their accuracy on what the other
// folds' models answered, which is all that a fold may know.
TEST(Enrolment, AVoteEqualsTheSameByHand) {
  const Corpus corpus(6.0f);
  CrossEvaluationOptions options = options_for({"lda", "knn"});
  options.votes = {learn::find_vote("vote(lda,knn)").value()};
  const auto [answers, found] = measured(corpus, options, {.num_draws = 1});
  ASSERT_EQ(found.models.size(), 3u);
  const FoldPlan plan = corpus.by_speaker();
  ConfusionMatrix wanted(4);
  for (const EnrolmentDraw& draw :
       draw_given_clips(GivenClips::kNeutral, corpus.rows, plan, corpus.signature.labels, 1, 42)) {
    std::vector<size_t> others;
    std::vector<int> truth;
    for (size_t i = 0; i < answers.rows.size(); ++i) {
      if (answers.fold_of[i] == draw.fold) continue;
      others.push_back(i);
      truth.push_back(answers.truth[i]);
    }
    Matrix sum(draw.scored.size(), 4);
    for (size_t m = 0; m < 2; ++m) {
      Matrix held_out = select_rows(answers.models[m].raw, others);
      const model::Calibrator calibrator = fit_calibrator(held_out, truth);
      const double weight = confusion_of(held_out, truth).accuracy();
      const auto classifier =
          fit_part(*options.learners[m], corpus.rows.at(plan.folds[draw.fold].rows.train),
                   corpus.signature, options)
              .value();
      Matrix rows = select_rows(corpus.rows.features, draw.scored);
      for (size_t r = 0; r < rows.num_rows(); ++r) {
        for (size_t c = 0; c < rows.num_cols(); ++c) {
          rows(r, c) -=
              (corpus.rows.features(draw.given[0], c) - classifier->training_mean()[c]) / 6.0f;
        }
      }
      Matrix of_member;
      classifier->predict_proba(rows, of_member);
      calibrator.apply(of_member);
      for (size_t r = 0; r < rows.num_rows(); ++r) {
        for (size_t k = 0; k < 4; ++k) sum(r, k) += static_cast<float>(weight) * of_member(r, k);
      }
    }
    for (size_t r = 0; r < draw.scored.size(); ++r) {
      wanted.add(static_cast<size_t>(corpus.rows.labels[draw.scored[r]]),
                 model::argmax(std::as_const(sum).row(r)));
    }
  }
  const EnrolledModel& vote = found.models.back();
  EXPECT_EQ(vote.name, "vote(lda,knn)");
  const EnrolmentCurve& neutral = vote.curves.at(2);
  EXPECT_NEAR(neutral.points.at(0).uar, wanted.unweighted_average_recall(), 0.01);
  EXPECT_NE(neutral.points.at(0).uar, found.models[0].curves.at(2).points.at(0).uar);
  EXPECT_NE(neutral.points.at(0).uar, found.models[1].curves.at(2).points.at(0).uar);
}

TEST(Enrolment, AVoteOfOneIsItsMember) {
  const Corpus corpus(6.0f);
  CrossEvaluationOptions options = options_for({"lda"});
  options.votes = {learn::find_vote("vote(lda)").value()};
  const EnrolmentFindings found = measured(corpus, options).findings;
  ASSERT_EQ(found.models.size(), 2u);
  EXPECT_EQ(to_json(found.models[0].curves), to_json(found.models[1].curves));
}

TEST(Enrolment, NothingIsFittedForIt) {
  const Corpus corpus(6.0f);
  CrossEvaluationOptions options = options_for({"knn"});
  size_t num_fits = 0;
  options.progress = [&](const CrossEvaluationProgress& p) { num_fits = p.num_fits; };
  const Measured with = measured(corpus, options);
  EXPECT_EQ(num_fits, 8u);
  const CrossEvaluation without =
      cross_evaluate(corpus.rows, corpus.by_speaker(), corpus.signature, options).value();
  EXPECT_TRUE(std::ranges::equal(with.answers.models[0].calibrated.values(),
                                 without.models[0].calibrated.values()));
}

// The mean that a speaker is compared with is that of all rows that were learnt from.
TEST(Enrolment, ModelsLearnFromDegradedCopiesAndNoneIsGivenOrScored) {
  Corpus corpus(6.0f);
  const EnrolmentFindings plain = measured(corpus, options_for({"lda"})).findings;
  LabelledExamples& rows = corpus.rows;
  rows.copies.features = select_rows(rows.features, std::vector<size_t>{});
  rows.copies.features.resize(rows.num_rows(), rows.features.num_cols());
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    for (size_t c = 0; c < rows.features.num_cols(); ++c)
      rows.copies.features(r, c) = rows.features(r, c) + 8.0f;
    rows.copies.of.push_back(r);
  }
  const EnrolmentFindings with = measured(corpus, options_for({"lda"})).findings;
  const EnrolmentPoint& one = with.models[0].curves[0].points[0];
  EXPECT_NE(one.uar, plain.models[0].curves[0].points[0].uar);
  EXPECT_EQ(one.num_speakers, 8u);
  // By hand, the sum over folds of what is asked of them.
  const FoldPlan plan = corpus.by_speaker();
  const EnrolmentTrial trial = trial_of(corpus, plan, {.num_draws = 1}).value();
  const std::vector<float> mean(20, 4.0f);
  for (const FoldQuestion& question : trial.questions()) {
    const Matrix asked = question.rows(mean);
    EXPECT_EQ(asked.num_rows(), question.num_rows);
    EXPECT_LE(question.num_rows, 5 * 30u) << "at most five numbers of clips, and no copy";
  }
}

TEST(Enrolment, SameFiguresWhateverTheNumberOfThreads) {
  const Corpus corpus(6.0f);
  CrossEvaluationOptions options = options_for({"knn", "lda"});
  options.votes = {learn::find_vote("vote(knn,lda)").value()};
  const auto one = to_json(measured(corpus, options).findings);
  options.num_threads = 5;
  EXPECT_EQ(to_json(measured(corpus, options).findings), one);
}

TEST(Enrolment, NeedsFoldsThatKeepSpeakersApartAndSomebodyWithAClipToGive) {
  const Corpus corpus(1.0f);
  const FoldPlan mixed =
      random_folds({corpus.rows.labels, corpus.rows.speakers, corpus.paths}, 4, 1).value();
  EXPECT_EQ(trial_of(corpus, mixed).error().code, ErrorCode::kUsage);
  const FoldPlan single{"single", {{"a", {{1, 2, 3}, {0}}}}, true};
  EXPECT_EQ(trial_of(corpus, single).error().code, ErrorCode::kTooShort);
}

}  // namespace
}  // namespace sermo::eval
