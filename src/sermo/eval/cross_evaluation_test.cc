#include "sermo/eval/cross_evaluation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "made_up_table.h"
#include "sermo/data/table_io.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/registry.h"
#include "spy_learner.h"
#include "test_paths.h"

namespace sermo::eval {
namespace {

// Twelve speakers of 20 clips each, and what is needed to evaluate them.
struct Corpus {
  LabelledExamples rows;
  std::vector<std::string> paths;
  model::Signature signature;

  Corpus() {
    testing::MadeUpTable table = testing::made_up_table({.spread = 2.5f});
    rows.features = std::move(table.features);
    rows.labels = std::move(table.labels);
    for (size_t r = 0; r < rows.num_rows(); ++r) {
      rows.speakers.push_back(static_cast<int>(r / 20));
      paths.push_back(std::to_string(r));
    }
    signature = {"test", rows.features.num_cols(), table.label_names};
  }
  FoldRows fold_rows() const { return {rows.labels, rows.speakers, paths}; }
  FoldPlan by_speaker() const { return leave_one_speaker_out(fold_rows()).value(); }
};

CrossEvaluationOptions options_for(const std::vector<std::string>& names) {
  CrossEvaluationOptions options;
  for (const std::string& name : names)
    options.learners.push_back(learn::find_learner(name).value());
  options.max_epochs = 1;
  return options;
}

TEST(CrossEvaluation, AnswersEveryClipByAModelThatHadNotLearntFromIt) {
  const Corpus corpus;
  const FoldPlan plan = random_folds(corpus.fold_rows(), 4, 1).value();
  const CrossEvaluationOptions options = options_for({"knn", "logistic"});
  const CrossEvaluation found =
      cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
  ASSERT_EQ(found.models.size(), 2u);
  ASSERT_EQ(found.rows.size(), corpus.rows.num_rows());
  EXPECT_EQ(found.truth, corpus.rows.labels);
  // Fold by fold, by hand.
  for (size_t m = 0; m < 2; ++m) {
    for (size_t k = 0; k < plan.folds.size(); ++k) {
      const data::Split& split = plan.folds[k].rows;
      const auto classifier =
          fit_part(*options.learners[m], corpus.rows.at(split.train), corpus.signature, options)
              .value();
      Matrix wanted;
      classifier->predict_proba(corpus.rows.at(split.test).features, wanted);
      for (size_t i = 0; i < split.test.size(); ++i) {
        EXPECT_EQ(found.fold_of[split.test[i]], k);
        EXPECT_TRUE(std::ranges::equal(found.models[m].raw.row(split.test[i]), wanted.row(i)));
      }
    }
  }
}

TEST(CrossEvaluation, ATestedClipHasNoSayInItsFold) {
  // Other labels and features for what one fold tests: all that this fold says of its other clips
  // stays, calibration, threshold and weights included.
  const Corpus corpus;
  const FoldPlan plan = corpus.by_speaker();
  CrossEvaluationOptions options = options_for({"svm", "knn", "mlp"});
  options.votes = {learn::find_vote("vote(svm,knn,mlp)").value()};
  const CrossEvaluation before =
      cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
  Corpus changed;
  const std::vector<size_t>& tested = plan.folds[5].rows.test;
  for (size_t i = 1; i < tested.size(); ++i) {
    changed.rows.labels[tested[i]] = (changed.rows.labels[tested[i]] + 1) % 4;
    std::ranges::fill(changed.rows.features.row(tested[i]), static_cast<float>(i));
  }
  const CrossEvaluation after =
      cross_evaluate(changed.rows, plan, corpus.signature, options).value();
  ASSERT_EQ(before.models.size(), 4u);
  for (size_t m = 0; m < 4; ++m) {
    const OutOfFoldModel& a = before.models[m];
    const OutOfFoldModel& b = after.models[m];
    EXPECT_TRUE(std::ranges::equal(a.calibrated.row(tested[0]), b.calibrated.row(tested[0])))
        << a.name;
    EXPECT_EQ(a.uncertain[tested[0]], b.uncertain[tested[0]]) << a.name;
    EXPECT_FALSE(std::ranges::equal(a.calibrated.row(0), b.calibrated.row(0)))
        << a.name << ": other folds learn from the changed clips";
  }
}

TEST(CrossEvaluation, SameAnswersWhateverTheNumberOfThreads) {
  const Corpus corpus;
  const FoldPlan plan = random_folds(corpus.fold_rows(), 4, 1).value();
  CrossEvaluationOptions options = options_for({"rf", "svm", "mlp"});
  options.votes = {learn::find_vote("vote(rf,svm)").value()};
  for (const CalibrationRows rows : {CalibrationRows::kInnerFolds, CalibrationRows::kOtherFolds}) {
    options.calibration_rows = rows;
    options.num_threads = 1;
    const CrossEvaluation one =
        cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
    options.num_threads = 5;
    const CrossEvaluation five =
        cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
    for (size_t m = 0; m < one.models.size(); ++m) {
      EXPECT_TRUE(std::ranges::equal(one.models[m].calibrated.values(),
                                     five.models[m].calibrated.values()));
      EXPECT_EQ(one.models[m].uncertain, five.models[m].uncertain);
    }
  }
}

TEST(CrossEvaluation, CalibrationBringsConfidenceNearAccuracy) {
  const Corpus corpus;
  const CrossEvaluationOptions options = options_for({"rf", "logistic"});
  const CrossEvaluation found =
      cross_evaluate(corpus.rows, corpus.by_speaker(), corpus.signature, options).value();
  for (const OutOfFoldModel& model : found.models) {
    EXPECT_LT(log_loss(model.calibrated, found.truth), log_loss(model.raw, found.truth))
        << model.name;
    EXPECT_NE(model.calibrated_on.find("groups of speakers"), std::string::npos);
  }
}

TEST(CrossEvaluation, ALearnerThatFailsDoesNotStopTheOthers) {
  Corpus corpus;
  // knn asks for five rows; the fold leaves four.
  FoldPlan plan{"tiny", {{"a", {{0, 1, 2, 3}, {4, 5, 6, 7}}}}, false};
  CrossEvaluationOptions options = options_for({"knn", "logistic"});
  options.votes = {learn::find_vote("vote(knn,logistic)").value()};
  const CrossEvaluation found =
      cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
  ASSERT_EQ(found.models.size(), 1u);
  EXPECT_EQ(found.models[0].name, "logistic");
  EXPECT_TRUE(found.models[0].calibrated_on.empty()) << "one clip a class cannot be cut";
  ASSERT_EQ(found.failures.size(), 2u);
  EXPECT_EQ(found.failures[1].name, "vote(knn,logistic)");
}

TEST(CrossEvaluation, ProgressCountsToTheEndAndACancelledRunStops) {
  const Corpus corpus;
  CrossEvaluationOptions options = options_for({"knn"});
  CrossEvaluationProgress last;
  options.progress = [&](const CrossEvaluationProgress& p) { last = p; };
  const FoldPlan plan = random_folds(corpus.fold_rows(), 4, 1).value();
  ASSERT_TRUE(cross_evaluate(corpus.rows, plan, corpus.signature, options));
  EXPECT_EQ(last.num_fits_done, 4u + 6u) << "four folds and one copy a pair of them";
  EXPECT_EQ(last.num_fits, last.num_fits_done);
  std::stop_source stop;
  options.cancel = stop.get_token();
  options.progress = [&](const CrossEvaluationProgress&) { stop.request_stop(); };
  EXPECT_EQ(cross_evaluate(corpus.rows, plan, corpus.signature, options).error().code,
            ErrorCode::kCancelled);
  EXPECT_EQ(cross_evaluate(corpus.rows, plan, corpus.signature, {}).error().code,
            ErrorCode::kUsage);
}

// Every row known by its first feature, with two copies hanging on it.
Corpus corpus_with_copies() {
  Corpus corpus;
  LabelledExamples& rows = corpus.rows;
  rows.copies.features.resize(2 * rows.num_rows(), rows.features.num_cols());
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    rows.features(r, 0) = static_cast<float>(r);
    for (size_t c = 0; c < 2; ++c) {
      std::ranges::copy(rows.features.row(r), rows.copies.features.row(2 * r + c).begin());
      rows.copies.features(2 * r + c, 0) += 0.25f * static_cast<float>(c + 1);
      rows.copies.of.push_back(r);
    }
  }
  return corpus;
}

TEST(CrossEvaluation, CopiesAreLearntFromWhereTheirClipIsAndNowhereElse) {
  const Corpus corpus = corpus_with_copies();
  for (const FoldPlan& plan : {corpus.by_speaker(), random_folds(corpus.fold_rows(), 4, 1).value(),
                               original_folds(corpus.fold_rows(), 1).value()}) {
    const auto spy =
        std::make_shared<testing::SpyLearner>(learn::find_learner("knn").value(), false);
    const auto watching =
        std::make_shared<testing::SpyLearner>(learn::find_learner("knn").value(), true);
    CrossEvaluationOptions options = options_for({});
    options.learners = {spy, watching};
    options.num_threads = 2;
    const CrossEvaluation found =
        cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
    EXPECT_GT(spy->fits().size(), plan.folds.size()) << "inner folds as well";
    for (const auto& fit : spy->fits()) EXPECT_EQ(what_is_wrong(fit, 2), "") << plan.name;
    for (const auto& fit : watching->fits()) {
      EXPECT_EQ(what_is_wrong(fit, 2), "") << plan.name;
      EXPECT_FALSE(fit.watched.empty());
    }
    // What is tested is what is tested without copies.
    Corpus plain = corpus;
    plain.rows.copies = {};
    const CrossEvaluation without =
        cross_evaluate(plain.rows, plan, plain.signature, options).value();
    EXPECT_EQ(found.rows, without.rows);
    EXPECT_EQ(found.fold_of, without.fold_of);
    EXPECT_EQ(found.truth, without.truth);
    EXPECT_FALSE(std::ranges::equal(found.models[0].raw.values(), without.models[0].raw.values()))
        << "copies are learnt from";
  }
}

TEST(CrossEvaluation, ConditionsAreAskedOfTheSameModels) {
  const Corpus corpus;
  const FoldPlan plan = random_folds(corpus.fold_rows(), 4, 1).value();
  CrossEvaluationOptions options = options_for({"svm", "logistic"});
  options.votes = {learn::find_vote("vote(svm,logistic)").value()};
  const CrossEvaluation plain =
      cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
  std::vector<TestCondition> conditions = {{"as it is", corpus.rows.features},
                                           {"worse", corpus.rows.features}};
  for (size_t r = 0; r < corpus.rows.num_rows(); ++r) {
    for (float& value : conditions[1].features.row(r)) value *= 0.4f;
  }
  options.conditions = conditions;
  size_t num_fits = 0;
  options.progress = [&](const CrossEvaluationProgress& p) { num_fits = p.num_fits; };
  const CrossEvaluation found =
      cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
  EXPECT_EQ(num_fits, 2u * (4u + 6u)) << "no fit more than without conditions";
  EXPECT_EQ(found.conditions, (std::vector<std::string>{"as it is", "worse"}));
  const auto same = [](const Matrix& a, const Matrix& b) {
    return std::ranges::equal(a.values(), b.values());
  };
  ASSERT_EQ(found.models.size(), 3u);
  for (size_t m = 0; m < 3; ++m) {
    const OutOfFoldModel& model = found.models[m];
    ASSERT_EQ(model.in_conditions.size(), 2u);
    for (const Answers* clean : {static_cast<const Answers*>(&model), &model.in_conditions[0]}) {
      EXPECT_TRUE(same(clean->raw, plain.models[m].raw)) << model.name;
      EXPECT_TRUE(same(clean->calibrated, plain.models[m].calibrated)) << model.name;
      EXPECT_EQ(clean->uncertain, plain.models[m].uncertain) << model.name;
    }
    EXPECT_FALSE(same(model.in_conditions[1].raw, model.raw)) << model.name;
    EXPECT_NE(model.in_conditions[1].uncertain, model.uncertain) << model.name;
    EXPECT_EQ(model.calibrated_on, plain.models[m].calibrated_on);
  }
  // By hand, one fold.
  const data::Split& split = plan.folds[2].rows;
  const auto classifier =
      fit_part(*options.learners[1], corpus.rows.at(split.train), corpus.signature, options)
          .value();
  Matrix wanted;
  classifier->predict_proba(select_rows(conditions[1].features, split.test), wanted);
  for (size_t i = 0; i < split.test.size(); ++i) {
    EXPECT_TRUE(
        std::ranges::equal(found.models[1].in_conditions[1].raw.row(split.test[i]), wanted.row(i)));
  }
}

TEST(CrossEvaluation, AQuestionIsAnsweredAsTheTestedRowsOfItsFoldAre) {
  const Corpus corpus;
  const FoldPlan plan = random_folds(corpus.fold_rows(), 4, 1).value();
  CrossEvaluationOptions options = options_for({"svm", "lda"});
  options.votes = {learn::find_vote("vote(svm,lda)").value()};
  const Matrix train = select_rows(corpus.rows.features, plan.folds[2].rows.train);
  std::vector<FoldQuestion> questions;
  for (size_t k : {2, 0, 2}) {
    const std::vector<size_t>& test = plan.folds[k].rows.test;
    questions.push_back({k, test.size(), [&, k](std::span<const float> training_mean) {
                           if (k == 2) {
                             EXPECT_TRUE(std::ranges::equal(
                                 training_mean, model::Scaler::fit(train).value().offset()));
                           }
                           return select_rows(corpus.rows.features, test);
                         }});
  }
  options.questions = questions;
  for (const CalibrationRows rows : {CalibrationRows::kInnerFolds, CalibrationRows::kOtherFolds}) {
    options.calibration_rows = rows;
    const CrossEvaluation found =
        cross_evaluate(corpus.rows, plan, corpus.signature, options).value();
    ASSERT_EQ(found.models.size(), 3u);
    for (const OutOfFoldModel& model : found.models) {
      ASSERT_EQ(model.to_questions.size(), 3u) << model.name;
      for (size_t q = 0; q < 3; ++q) {
        const Matrix wanted =
            select_rows(model.calibrated, plan.folds[questions[q].fold].rows.test);
        EXPECT_TRUE(std::ranges::equal(model.to_questions[q].values(), wanted.values()))
            << model.name << q;
      }
    }
  }
}

// scikit-learn's scores on the table that ships (tools/golden/make_emobox_scores.py).
TEST(CrossEvaluation, OnEmoboxAgreesWithScikitLearn) {
  const data::Table table =
      data::read_table(testing::source_dir() / "share" / "ravdess-librosa110.npz", {})
          .value()
          .table;
  const data::LabelledRows labelled = data::labelled_rows(table).value();
  const LabelledExamples rows = labelled_examples(table, labelled);
  const FoldPlan plan = emobox_folds({rows.labels, rows.speakers, table.paths}).value();
  CrossEvaluationOptions options = options_for({"svm", "knn", "logistic", "rf", "et"});
  options.calibration_rows = CalibrationRows::kOtherFolds;
  options.num_threads = 2;
  const model::Signature signature{table.schema.id, table.schema.num_features(), labelled.labels};
  const CrossEvaluation found = cross_evaluate(rows, plan, signature, options).value();
  const nlohmann::json golden =
      nlohmann::json::parse(std::ifstream(testing::test_data() / "golden" / "emobox_scores.json"));
  ASSERT_EQ(found.models.size(), 5u);
  for (const OutOfFoldModel& model : found.models) {
    const double uar = confusion_of(model.raw, found.truth).unweighted_average_recall();
    // Forests are drawn otherwise, and svm answers by probability, not by votes.
    const double tolerance = model.name == "knn" ? 1e-9 : 0.015;
    EXPECT_NEAR(uar, golden["uar"][model.name].get<double>(), tolerance) << model.name;
  }
}

}  // namespace
}  // namespace sermo::eval
