#include "sermo/eval/target_conditions.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "made_up_table.h"
#include "sermo/eval/metrics.h"
#include "sermo/learn/registry.h"

namespace sermo::eval {
namespace {

// Clips of six speakers, of four labels in turn.
data::Table corpus(size_t num_rows, uint32_t seed, const std::string& prefix) {
  const testing::MadeUpTable made =
      testing::made_up_table({.num_rows = num_rows, .spread = 1.5f, .seed = seed});
  data::Table table;
  table.features = made.features;
  std::vector<std::string> names;
  for (size_t c = 0; c < 20; ++c) names.push_back("f" + std::to_string(c));
  table.schema = features::make_schema("test", 1, "{}", names);
  for (size_t r = 0; r < num_rows; ++r) {
    table.labels.push_back(made.label_names[static_cast<size_t>(made.labels[r])]);
    table.speakers.push_back(static_cast<int>(r % 6));
    table.paths.push_back(prefix + std::to_string(r));
  }
  return table;
}

const data::Table kLearnt = corpus(120, 1, "learnt/");

JoinedCorpora joined(const data::Table& tested) {
  return join_corpora(kLearnt, data::labelled_rows(kLearnt).value(), tested, "tested").value();
}

CrossEvaluation answers(const data::Table& tested) {
  const JoinedCorpora corpora = joined(tested);
  const std::vector<TestCondition> conditions = target_conditions(corpora, tested);
  CrossEvaluationOptions options;
  options.conditions = conditions;
  for (const char* name : {"svm", "lda"})
    options.learners.push_back(learn::find_learner(name).value());
  options.votes = {learn::find_vote("vote(svm,lda)").value()};
  const data::LabelledRows labelled = data::labelled_rows(kLearnt).value();
  return cross_evaluate(corpora.rows, corpora.plan,
                        {kLearnt.schema.id, kLearnt.features.num_cols(), labelled.labels}, options)
      .value();
}

void expect_near(const Matrix& a, const Matrix& b, float tolerance, const std::string& what) {
  ASSERT_EQ(a.values().size(), b.values().size());
  float largest = 0.0f;
  for (size_t i = 0; i < a.values().size(); ++i)
    largest = std::max(largest, std::abs(a.values()[i] - b.values()[i]));
  EXPECT_LE(largest, tolerance) << what;
}

TEST(TargetConditions, AShiftedAndScaledCorpusIsTheSameOnceStandardised) {
  const data::Table tested = corpus(80, 2, "tested/");
  data::Table moved = tested;
  for (size_t r = 0; r < moved.num_rows(); ++r) {
    for (size_t c = 0; c < 20; ++c) {
      const auto column = static_cast<float>(c);
      moved.features(r, c) = (0.2f + column) * moved.features(r, c) + 7.0f * column - 50.0f;
    }
  }
  const CrossEvaluation a = answers(tested);
  const CrossEvaluation b = answers(moved);
  EXPECT_EQ(a.conditions, (std::vector<std::string>{kEachSpeakerEnrolled, kStandardisedByCorpus}));
  for (size_t m = 0; m < 3; ++m) {
    expect_near(a.models[m].in_conditions[1].calibrated, b.models[m].in_conditions[1].calibrated,
                1e-3f, a.models[m].name);
    const auto uar = [&](const Answers& given) {
      return confusion_of(given.calibrated, b.truth).unweighted_average_recall();
    };
    EXPECT_GT(uar(b.models[m].in_conditions[1]), uar(b.models[m]) + 0.2) << b.models[m].name;
  }
}

TEST(TargetConditions, WhatWasLearntIsUnmovedAndMomentsBecomeThoseOfIt) {
  const data::Table tested = corpus(81, 2, "tested/");
  const JoinedCorpora corpora = joined(tested);
  const std::vector<TestCondition> conditions = target_conditions(corpora, tested);
  for (const TestCondition& condition : conditions) {
    for (size_t r : corpora.plan.folds[0].rows.train) {
      EXPECT_TRUE(std::ranges::equal(condition.features.row(r), kLearnt.features.row(r)));
    }
  }
  const auto moments = [](const Matrix& features, std::span<const size_t> rows, size_t c) {
    double sum = 0.0;
    double squares = 0.0;
    for (size_t r : rows) {
      const double x = features(r, c);
      sum += x;
      squares += x * x;
    }
    const double mean = sum / static_cast<double>(rows.size());
    return std::pair(mean, squares / static_cast<double>(rows.size()) - mean * mean);
  };
  for (size_t c = 0; c < 20; ++c) {
    const data::Split& rows = corpora.plan.folds[0].rows;
    const auto wanted = moments(corpora.rows.features, rows.train, c);
    const auto got = moments(conditions[1].features, rows.test, c);
    EXPECT_NEAR(got.first, wanted.first, 1e-5);
    EXPECT_NEAR(got.second, wanted.second, 1e-4);
  }
}

TEST(TargetConditions, ASpeakerIsEnrolledWithAllOtherClips) {
  const data::Table tested = corpus(80, 2, "tested/");
  const JoinedCorpora corpora = joined(tested);
  const Matrix enrolled = target_conditions(corpora, tested)[0].features;
  // Row 7 is of speaker 1, who has rows 1, 7, 13, ..., 79: 14 of them.
  for (size_t c = 0; c < 20; ++c) {
    double others = 0.0;
    for (size_t r = 1; r < 80; r += 6) others += r == 7 ? 0.0 : double{tested.features(r, c)};
    double learnt = 0.0;
    for (size_t r = 0; r < 120; ++r) learnt += double{kLearnt.features(r, c)};
    const double wanted =
        double{tested.features(7, c)} - 13.0 / 18.0 * (others / 13.0 - learnt / 120.0);
    EXPECT_NEAR(enrolled(120 + 7, c), wanted, 1e-5);
  }
}

TEST(TargetConditions, LabelsAreNotLookedAtAndClipsThatAreNotTestedCount) {
  const data::Table tested = corpus(80, 2, "tested/");
  data::Table fewer = tested;
  for (size_t r = 0; r < 80; r += 3) fewer.labels[r] = r % 2 == 0 ? "" : "bored";
  const JoinedCorpora some = joined(fewer);
  ASSERT_EQ(some.tested_rows.size(), 53u);
  const auto all_conditions = target_conditions(joined(tested), tested);
  const auto some_conditions = target_conditions(some, fewer);
  for (size_t at = 0; at < 2; ++at) {
    for (size_t i = 0; i < some.tested_rows.size(); ++i) {
      EXPECT_TRUE(
          std::ranges::equal(some_conditions[at].features.row(120 + i),
                             all_conditions[at].features.row(120 + some.tested_rows[i])));
    }
  }
}

TEST(TargetConditions, ConstantColumnsBecomeTheMeanOfWhatWasLearnt) {
  data::Table tested = corpus(80, 2, "tested/");
  for (size_t r = 0; r < 80; ++r) {
    tested.features(r, 3) = 0.1f;
    tested.features(r, 4) = r % 2 == 0 ? 1.0f : 1.0f + 1e-7f;  // float32's rounding
  }
  JoinedCorpora corpora = joined(tested);
  for (size_t r = 0; r < 120; ++r) corpora.rows.features(r, 5) = -2.0f;
  const Matrix standardised = target_conditions(corpora, tested)[1].features;
  for (const size_t c : {3, 4, 5}) {
    double mean = 0.0;
    for (size_t r = 0; r < 120; ++r) mean += double{corpora.rows.features(r, c)} / 120.0;
    for (size_t r = 120; r < 200; ++r) EXPECT_NEAR(standardised(r, c), mean, 1e-5) << c;
  }
}

TEST(TargetConditions, OneClipBecomesTheMeanAndNobodyIsEnrolled) {
  data::Table tested = corpus(80, 2, "tested/");
  for (size_t r = 1; r < 80; ++r) tested.labels[r] = "bored";
  tested.speakers.assign(80, data::kUnknownSpeaker);
  tested.labels[1] = "class 1";
  data::Table one = tested;
  one.features.resize(2, 20);
  std::ranges::copy(tested.features.row(0), one.features.row(0).begin());
  std::ranges::copy(tested.features.row(0), one.features.row(1).begin());
  for (auto* texts : {&one.labels, &one.paths}) texts->resize(2);
  one.speakers.resize(2);
  const JoinedCorpora corpora = joined(one);
  const std::vector<TestCondition> conditions = target_conditions(corpora, one);
  ASSERT_EQ(conditions.size(), 1u) << "nobody has a second clip";
  EXPECT_EQ(conditions[0].name, kStandardisedByCorpus);
  for (size_t c = 0; c < 20; ++c) {
    double mean = 0.0;
    for (size_t r = 0; r < 120; ++r) mean += double{kLearnt.features(r, c)} / 120.0;
    EXPECT_NEAR(conditions[0].features(120, c), mean, 1e-5);
  }
  tested.speakers[0] = 3;
  EXPECT_EQ(target_conditions(joined(tested), tested).size(), 1u) << "one clip is not another one";
}

TEST(TargetConditions, CopiesAreLearntFromAndNoPartOfTheTestedCorpus) {
  const data::Table tested = corpus(80, 2, "tested/");
  JoinedCorpora corpora = joined(tested);
  const auto plain = target_conditions(corpora, tested);
  corpora.rows.copies.features = Matrix(1, 20);
  std::ranges::fill(corpora.rows.copies.features.row(0), 121.0f);
  corpora.rows.copies.of = {5};
  const auto with = target_conditions(corpora, tested);
  double moved = 0.0;
  double before = 0.0;
  for (size_t r = 120; r < 200; ++r) {
    moved += double{with[1].features(r, 0)} / 80.0;
    before += double{plain[1].features(r, 0)} / 80.0;
  }
  EXPECT_NEAR(moved, (120.0 * before + 121.0) / 121.0, 1e-4);
}

TEST(TargetConditions, AnswersInThemAreAmongTheSharedLabelsToo) {
  data::Table tested = corpus(80, 2, "tested/");
  for (std::string& label : tested.labels) {
    if (label == "class 3") label = "class 2";
  }
  const CrossEvaluation all = answers(tested);
  const CrossEvaluation shared = among_shared_labels(all, joined(tested));
  for (const OutOfFoldModel& model : shared.models) {
    ASSERT_EQ(model.in_conditions.size(), 2u);
    for (const Answers& given : model.in_conditions) {
      ASSERT_EQ(given.calibrated.num_cols(), 3u);
      for (size_t r = 0; r < 80; ++r) {
        const auto row = given.calibrated.row(r);
        EXPECT_NEAR(row[0] + row[1] + row[2], 1.0f, 1e-5f);
      }
    }
  }
}

}  // namespace
}  // namespace sermo::eval
