#include "sermo/eval/folds.h"

#include <gtest/gtest.h>

#include <set>

#include "made_up_speakers.h"

namespace sermo::eval {
namespace {

using Corpus = testing::MadeUpSpeakers;

// Every row is tested `times` times, and no fold learns from what it tests.
void expect_sound(const FoldPlan& plan, size_t num_rows, size_t times) {
  std::vector<size_t> tested(num_rows);
  for (const Fold& fold : plan.folds) {
    EXPECT_FALSE(fold.name.empty());
    const std::set<size_t> train(fold.rows.train.begin(), fold.rows.train.end());
    for (size_t r : fold.rows.test) {
      ++tested[r];
      EXPECT_FALSE(train.contains(r));
    }
    EXPECT_EQ(train.size() + fold.rows.test.size(), num_rows);
  }
  for (size_t count : tested) ASSERT_EQ(count, times);
}

TEST(Folds, EmoboxTestsEveryActorOnceAndKeepsThemApart) {
  const Corpus corpus;
  const FoldPlan plan = emobox_folds(corpus.rows()).value();
  EXPECT_EQ(plan.folds.size(), 6u);
  EXPECT_TRUE(plan.speakers_apart);
  expect_sound(plan, corpus.classes.size(), 1);
}

TEST(Folds, LeaveOneSpeakerOut) {
  const Corpus corpus;
  const FoldPlan plan = leave_one_speaker_out(corpus.rows()).value();
  EXPECT_EQ(plan.folds.size(), 24u);
  EXPECT_TRUE(plan.speakers_apart);
  expect_sound(plan, corpus.classes.size(), 1);
}

TEST(Folds, RandomFoldsSayThatSpeakersAreOnBothSides) {
  const Corpus corpus;
  const FoldPlan plan = random_folds(corpus.rows(), 5, 42).value();
  EXPECT_EQ(plan.folds.size(), 5u);
  EXPECT_FALSE(plan.speakers_apart);
  expect_sound(plan, corpus.classes.size(), 1);
  EXPECT_FALSE(original_folds(corpus.rows(), 42).value().speakers_apart);
}

TEST(Folds, UnknownSpeakersCannotBeLeftOut) {
  Corpus corpus;
  corpus.speakers[5] = -1;
  EXPECT_EQ(leave_one_speaker_out(corpus.rows()).error().code, ErrorCode::kMismatch);
  EXPECT_EQ(emobox_folds(corpus.rows()).error().code, ErrorCode::kMismatch);
  corpus.speakers.assign(corpus.speakers.size(), 3);
  EXPECT_EQ(leave_one_speaker_out(corpus.rows()).error().code, ErrorCode::kTooShort);
}

TEST(Folds, JsonNamesSpeakersOrPaths) {
  const Corpus corpus;
  const FoldPlan plan =
      folds_from_json(
          corpus.rows(),
          R"({"folds":[{"name":"a","test_speakers":[1,2]},{"test_paths":["3/0.wav"]}]})", "mine")
          .value();
  EXPECT_EQ(plan.name, "mine");
  EXPECT_EQ(plan.folds[0].name, "a");
  EXPECT_EQ(plan.folds[0].rows.test.size(), 16u);
  EXPECT_EQ(plan.folds[1].name, "fold 2");
  EXPECT_EQ(plan.folds[1].rows.test, std::vector<size_t>{16});
  EXPECT_FALSE(plan.speakers_apart) << "speaker 3 is on both sides";
}

TEST(Folds, JsonThatDoesNotFitIsRefused) {
  const Corpus corpus;
  const auto code = [&](const char* text) {
    return folds_from_json(corpus.rows(), text, "x").error().code;
  };
  EXPECT_EQ(code("{"), ErrorCode::kCorrupt);
  EXPECT_EQ(code(R"({"folds":[]})"), ErrorCode::kCorrupt);
  EXPECT_EQ(code(R"({"folds":[{}]})"), ErrorCode::kCorrupt);
  EXPECT_EQ(code(R"({"folds":[{"test_speakers":["1"]}]})"), ErrorCode::kCorrupt);
  EXPECT_EQ(code(R"({"folds":[{"test_speakers":[99]}]})"), ErrorCode::kMismatch);
  EXPECT_EQ(code(R"({"folds":[{"test_paths":["none.wav"]}]})"), ErrorCode::kMismatch);
  EXPECT_EQ(code(R"({"folds":[{"test_speakers":[1]},{"test_paths":["1/0.wav"]}]})"),
            ErrorCode::kMismatch);
}

}  // namespace
}  // namespace sermo::eval
