#include "sermo/eval/enrolment.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "made_up_table.h"
#include "sermo/base/mt19937.h"
#include "sermo/eval/enrolment_draws.h"
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
  for (const std::string& name : names)
    options.learners.push_back(learn::find_learner(name).value());
  return options;
}

EnrolmentFindings measured(const Corpus& corpus, const CrossEvaluationOptions& options,
                           const EnrolmentOptions& enrolment = {}) {
  return measure_enrolment(corpus.rows, corpus.by_speaker(), corpus.signature, options, enrolment)
      .value();
}

TEST(Enrolment, HelpsWhereVoicesDifferMoreTheMoreClips) {
  const Corpus corpus(12.0f);
  const EnrolmentFindings found = measured(corpus, options_for({"logistic"}));
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
  const EnrolmentFindings found = measured(corpus, options, {.num_draws = 1});
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

TEST(Enrolment, SameFiguresWhateverTheNumberOfThreads) {
  const Corpus corpus(6.0f);
  CrossEvaluationOptions options = options_for({"knn", "lda"});
  const auto one = to_json(measured(corpus, options));
  options.num_threads = 5;
  EXPECT_EQ(to_json(measured(corpus, options)), one);
  options.seed = 43;
  EXPECT_NE(to_json(measured(corpus, options)), one);
}

TEST(Enrolment, AModelMayLearnFromOtherRows) {
  const Corpus corpus(6.0f);
  EnrolmentOptions enrolment;
  size_t num_parts = 0;
  enrolment.learn_from = [&](const LabelledExamples& part) {
    ++num_parts;
    EXPECT_EQ(part.num_rows(), 210u);
    LabelledExamples constant = part;
    for (size_t r = 0; r < part.num_rows(); ++r)
      std::ranges::fill(constant.features.row(r), static_cast<float>(r % 2));
    return constant;
  };
  const EnrolmentFindings found = measured(corpus, options_for({"knn"}), enrolment);
  EXPECT_EQ(num_parts, 8u);
  EXPECT_LT(found.models[0].curves[0].points[0].uar_unknown, 0.4);  // chance is 0.25
}

TEST(Enrolment, NeedsFoldsThatKeepSpeakersApart) {
  const Corpus corpus(1.0f);
  const FoldPlan mixed =
      random_folds({corpus.rows.labels, corpus.rows.speakers, corpus.paths}, 4, 1).value();
  EXPECT_EQ(
      measure_enrolment(corpus.rows, mixed, corpus.signature, options_for({"knn"})).error().code,
      ErrorCode::kUsage);
  EXPECT_EQ(measure_enrolment(corpus.rows, corpus.by_speaker(), corpus.signature, {}).error().code,
            ErrorCode::kUsage);
}

}  // namespace
}  // namespace sermo::eval
