#include "sermo/eval/cross_corpus.h"

#include <gtest/gtest.h>

#include "sermo/learn/registry.h"

namespace sermo::eval {
namespace {

const std::vector<std::string> kLearnt = {"angry", "calm", "neutral", "surprised"};
const std::vector<std::string> kTested = {"angry", "bored", "neutral"};

// Twelve clips of each label by three speakers, each label around its own centre.
data::Table corpus(const std::vector<std::string>& labels, const std::string& prefix) {
  data::Table table;
  table.schema = features::make_schema("test", 1, "{}", {"a", "b"});
  table.features.resize(12 * labels.size(), 2);
  for (size_t r = 0; r < table.num_rows(); ++r) {
    const size_t label = r % labels.size();
    // "calm" lies close to "neutral", the others far apart.
    const float centre = labels[label] == "angry"     ? 10.0f
                         : labels[label] == "neutral" ? 0.0f
                         : labels[label] == "calm"    ? 1.0f
                                                      : -10.0f;
    table.features(r, 0) = centre + 0.01f * static_cast<float>(r);
    table.features(r, 1) = static_cast<float>(r % 5);
    table.labels.push_back(labels[label]);
    table.speakers.push_back(static_cast<int>(r / labels.size()) % 3);
    table.paths.push_back(prefix + std::to_string(r));
  }
  return table;
}

TEST(CrossCorpus, LabelsOfOneNameAreSharedAndCalmIsNeutral) {
  const LabelMapping mapping = map_labels(kLearnt, kTested).value();
  EXPECT_EQ(mapping.shared, (std::vector<std::string>{"angry", "neutral"}));
  EXPECT_EQ(mapping.learnt_to_shared,
            (std::vector<std::string>{"angry", "neutral", "neutral", ""}));
  EXPECT_EQ(mapping.not_in_test, (std::vector<std::string>{"surprised"}));
  EXPECT_EQ(mapping.not_learnt, (std::vector<std::string>{"bored"}));
  EXPECT_EQ(map_labels(kLearnt, {"calm", "neutral"}).value().learnt_to_shared[1], "calm")
      << "where both corpora know calm, it is itself";
  EXPECT_EQ(map_labels(kLearnt, {"bored", "neutral"}).error().code, ErrorCode::kMismatch);
}

TEST(CrossCorpus, LearnsFromTheFirstAndTestsOnTheSecond) {
  const data::Table first = corpus(kLearnt, "first/");
  const data::Table second = corpus(kTested, "second/");
  const data::LabelledRows labelled = data::labelled_rows(first).value();
  const JoinedCorpora joined = join_corpora(first, labelled, second, "second").value();
  EXPECT_EQ(joined.num_left_out, 12u) << "the bored ones";
  ASSERT_EQ(joined.plan.folds.size(), 1u);
  EXPECT_EQ(joined.plan.folds[0].rows.train.size(), 48u);
  EXPECT_EQ(joined.plan.folds[0].rows.test.size(), 24u);
  EXPECT_TRUE(joined.plan.speakers_apart);
  for (size_t r : joined.plan.folds[0].rows.test) {
    EXPECT_TRUE(joined.clips.paths[r].starts_with("second/"));
    EXPECT_GE(joined.rows.speakers[r], 3) << "no speaker of the first corpus";
  }

  CrossEvaluationOptions options;
  options.learners = {learn::find_learner("knn").value()};
  const model::Signature signature{"test", 2, labelled.labels};
  const CrossEvaluation answers =
      cross_evaluate(joined.rows, joined.plan, signature, options).value();
  const CrossEvaluation shared = among_shared_labels(answers, joined);
  ASSERT_EQ(shared.models[0].calibrated.num_cols(), 2u);
  const ConfusionMatrix confusion = confusion_of(shared.models[0].calibrated, shared.truth);
  EXPECT_EQ(confusion.total(), 24u);
  EXPECT_GE(confusion.unweighted_average_recall(), 0.9) << "calm or neutral, both are neutral";
  for (size_t r = 0; r < 24; ++r) {
    EXPECT_NEAR(shared.models[0].calibrated(r, 0) + shared.models[0].calibrated(r, 1), 1.0f, 1e-5f);
  }
  EXPECT_LE(uar_without_help(answers.models[0], answers, joined),
            confusion.unweighted_average_recall());
}

TEST(CrossCorpus, AnotherSchemaIsRefused) {
  const data::Table first = corpus(kLearnt, "");
  data::Table second = corpus(kTested, "");
  second.schema = features::make_schema("test", 2, "{}", {"a", "b"});
  EXPECT_EQ(join_corpora(first, data::labelled_rows(first).value(), second, "x").error().code,
            ErrorCode::kMismatch);
}

}  // namespace
}  // namespace sermo::eval
