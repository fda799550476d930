#include "sermo/eval/enrolment_draws.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace sermo::eval {
namespace {

using ::testing::ElementsAre;

const std::vector<std::string> kLabels = {"angry", "neutral", "sad", "surprised"};

// As in RAVDESS: half as many neutral clips as of the others; 28 a speaker.
struct Corpus {
  LabelledExamples rows;
  std::vector<std::string> paths;

  Corpus() {
    for (int speaker = 0; speaker < 6; ++speaker) {
      for (int label = 0; label < 4; ++label) {
        for (int take = 0; take < (label == 1 ? 4 : 8); ++take) {
          rows.labels.push_back(label);
          rows.speakers.push_back(speaker);
          paths.push_back(std::to_string(paths.size()));
        }
      }
    }
  }
  FoldPlan by_speaker() const {
    return leave_one_speaker_out({rows.labels, rows.speakers, paths}).value();
  }
};

std::vector<EnrolmentDraw> draws_of(GivenClips kind, const Corpus& corpus, size_t num_draws = 9,
                                    uint32_t seed = 3) {
  return draw_given_clips(kind, corpus.rows, corpus.by_speaker(), kLabels, num_draws, seed);
}

std::vector<size_t> number_of_each_label(std::span<const size_t> rows, const Corpus& corpus) {
  std::vector<size_t> counts(kLabels.size());
  for (size_t r : rows) ++counts[static_cast<size_t>(corpus.rows.labels[r])];
  return counts;
}

TEST(EnrolmentDraws, WhatIsGivenIsTheSpeakersOwnAndNeverScored) {
  const Corpus corpus;
  for (const auto& [kind, name] : kGivenClips) {
    const auto draws = draws_of(kind, corpus);
    ASSERT_EQ(draws.size(), 6u * 9u) << name;
    for (const EnrolmentDraw& draw : draws) {
      std::set<size_t> all(draw.given.begin(), draw.given.end());
      all.insert(draw.scored.begin(), draw.scored.end());
      EXPECT_EQ(draw.given.size() + draw.scored.size(), 28u);
      EXPECT_EQ(all.size(), 28u);
      for (size_t r : all) EXPECT_EQ(corpus.rows.speakers[r], draw.speaker);
      for (size_t left : number_of_each_label(draw.scored, corpus)) EXPECT_GT(left, 0u);
    }
  }
}

TEST(EnrolmentDraws, EveryLabelComesInTurn) {
  const Corpus corpus;
  for (const EnrolmentDraw& draw : draws_of(GivenClips::kEveryLabel, corpus)) {
    ASSERT_EQ(draw.given.size(), 10u);  // of at most 14
    const std::span<const size_t> given(draw.given);
    EXPECT_THAT(number_of_each_label(given.first(4), corpus), ElementsAre(1, 1, 1, 1));
    EXPECT_THAT(number_of_each_label(given.first(8), corpus), ElementsAre(2, 2, 2, 2));
  }
}

TEST(EnrolmentDraws, OneLabelIsAnotherFromDrawToDraw) {
  const Corpus corpus;
  std::map<int, size_t> drawn;
  for (const EnrolmentDraw& draw : draws_of(GivenClips::kOneLabel, corpus)) {
    const int label = corpus.rows.labels[draw.given.front()];
    for (size_t r : draw.given) EXPECT_EQ(corpus.rows.labels[r], label);
    EXPECT_EQ(draw.given.size(), label == 1 ? 3u : 5u);  // of at most 3 and 7
    ++drawn[label];
  }
  EXPECT_EQ(drawn.size(), 4u);
}

TEST(EnrolmentDraws, NeutralIsTheLabelOfThatName) {
  const Corpus corpus;
  for (const EnrolmentDraw& draw : draws_of(GivenClips::kNeutral, corpus)) {
    EXPECT_EQ(draw.given.size(), 3u);
    for (size_t r : draw.given) EXPECT_EQ(corpus.rows.labels[r], 1);
  }
  const std::vector<std::string> others = {"angry", "bored", "sad", "surprised"};
  EXPECT_TRUE(draw_given_clips(GivenClips::kNeutral, corpus.rows, corpus.by_speaker(), others, 2, 1)
                  .empty());
}

TEST(EnrolmentDraws, AreDrawnAnewForEachSpeakerDrawAndSeed) {
  const Corpus corpus;
  const auto draws = draws_of(GivenClips::kEveryLabel, corpus);
  std::set<std::vector<size_t>> orders;  // positions among the speaker's own clips
  for (const EnrolmentDraw& draw : draws) {
    std::vector<size_t> positions;
    for (size_t r : draw.given) positions.push_back(r % 28);
    orders.insert(positions);
  }
  EXPECT_EQ(orders.size(), draws.size());
  EXPECT_EQ(draws_of(GivenClips::kEveryLabel, corpus).front().given, draws.front().given);
  EXPECT_NE(draws_of(GivenClips::kEveryLabel, corpus, 9, 4).front().given, draws.front().given);
  // More draws leave the earlier ones as they were.
  EXPECT_EQ(draws_of(GivenClips::kEveryLabel, corpus, 1).front().given, draws.front().given);
}

TEST(EnrolmentDraws, WhoHasASingleClipOfALabelGivesNone) {
  Corpus corpus;
  corpus.rows.labels = {0, 1, 0, 1, 2, 3};
  corpus.rows.speakers = {0, 0, 1, 1, 1, 1};
  corpus.paths.resize(6);
  for (const auto& draw : draws_of(GivenClips::kOneLabel, corpus)) EXPECT_NE(draw.speaker, 0);
  EXPECT_TRUE(draws_of(GivenClips::kNeutral, corpus).empty());
}

}  // namespace
}  // namespace sermo::eval
