#include "sermo/engine/enrolment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "sermo/base/mt19937.h"
#include "sermo/base/parallel.h"
#include "sermo/engine/recognizer.h"
#include "sermo/engine/trainer.h"
#include "sermo/eval/enrolment_figures.h"
#include "sermo/learn/registry.h"

namespace sermo::engine {
namespace {

using ::testing::HasSubstr;

audio::DecodedAudio tone(float frequency_hz) {
  audio::DecodedAudio audio;
  audio.format = {"wav", "pcm_s16", 22050, 1};
  audio.samples.resize(22050);
  for (size_t i = 0; i < audio.samples.size(); ++i) {
    const float t = static_cast<float>(i) / 22050.0f;
    audio.samples[i] = 0.3f * std::sin(6.2831853f * frequency_hz * t) * std::sin(9.0f * t);
  }
  return audio;
}

std::vector<float> features_of(const audio::DecodedAudio& audio) {
  const auto extractor = features::find_extractor("librosa-110").value();
  std::vector<float> row(extractor->schema().num_features());
  const auto workspace = extractor->make_workspace();
  EXPECT_TRUE(extractor->extract(audio.samples, row, *workspace));
  return row;
}

// A model of rows around the features of tones, so that tones are something to it.
std::shared_ptr<const Recognizer> tone_recognizer() {
  data::Table table;
  table.schema = features::find_extractor("librosa-110").value()->schema();
  const std::vector<std::vector<float>> centres = {features_of(tone(200)), features_of(tone(900)),
                                                   features_of(tone(3000))};
  const std::vector<std::string> labels = {"low", "middle", "high"};
  table.features.resize(60, table.schema.num_features());
  RandomState random(8);
  for (size_t r = 0; r < 60; ++r) {
    table.labels.push_back(labels[r % 3]);
    table.speakers.push_back(static_cast<int>(r % 5));
    table.paths.push_back(std::to_string(r));
    for (size_t c = 0; c < table.features.num_cols(); ++c) {
      const float centre = centres[r % 3][c];
      table.features(r, c) =
          centre + (1.0f + std::abs(centre)) * static_cast<float>(random.random_sample() - 0.5);
    }
  }
  TrainingOptions options;
  for (const char* name : {"logistic", "lda"})
    options.learners.push_back(learn::find_learner(name).value());
  TrainingReport report = train(table, options).value();
  std::vector<Recognizer::Model> models;
  for (TrainedModel& model : report.models)
    models.push_back(std::make_shared<const model::Artifact>(std::move(model.artifact)));
  return Recognizer::create(std::move(models)).value();
}

const std::vector<size_t> kBoth = {0, 1};

std::vector<Answer> answers_of(const Recognizer& recognizer, const audio::DecodedAudio& audio,
                               std::shared_ptr<const Enrolment> enrolment) {
  return recognizer.recognize(audio, kBoth, {.enrolment = std::move(enrolment)}).value();
}

std::vector<float> scores_of(const std::vector<Answer>& answers) {
  std::vector<float> scores;
  for (const Answer& answer : answers) {
    for (const Score& score : answer.scores) scores.push_back(score.score);
  }
  return scores;
}

std::shared_ptr<const Enrolment> enrolled(const Recognizer& recognizer,
                                          const std::vector<float>& tones_hz) {
  std::vector<Enrolment> clips;
  for (const float hz : tones_hz) clips.push_back(recognizer.enrol(tone(hz)).value());
  return std::make_shared<const Enrolment>(Enrolment::joined(clips));
}

TEST(Enrolment, WithoutClipsNothingChanges) {
  const auto recognizer = tone_recognizer();
  const auto plain = answers_of(*recognizer, tone(500), nullptr);
  const auto none = answers_of(*recognizer, tone(500), enrolled(*recognizer, {}));
  EXPECT_EQ(scores_of(plain), scores_of(none));
  EXPECT_EQ(none[0].num_enrolled, 0u);
  EXPECT_FALSE(to_json(none[0]).contains("enrolled"));
}

TEST(Enrolment, MovesEachModelsRowsByTheLaw) {
  const auto recognizer = tone_recognizer();
  const auto voice = enrolled(*recognizer, {300, 700});
  const auto answers = answers_of(*recognizer, tone(500), voice);
  const std::vector<float> heard = features_of(tone(500));
  const std::vector<float> first = features_of(tone(300));
  const std::vector<float> second = features_of(tone(700));
  for (size_t m = 0; m < 2; ++m) {
    const model::Classifier& classifier = *recognizer->models()[m]->classifier;
    Matrix row(1, heard.size());
    for (size_t c = 0; c < heard.size(); ++c) {
      row(0, c) =
          heard[c] - 2.0f / 7.0f * ((first[c] + second[c]) / 2.0f - classifier.training_mean()[c]);
    }
    Matrix wanted;
    classifier.predict_proba(row, wanted);
    for (const Score& score : answers[m].scores) {
      const auto& labels = classifier.signature().labels;
      const auto k = static_cast<size_t>(std::ranges::find(labels, score.label) - labels.begin());
      EXPECT_NEAR(score.score, wanted(0, k), 1e-3f) << answers[m].model;
    }
    EXPECT_EQ(answers[m].num_enrolled, 2u);
    EXPECT_EQ(to_json(answers[m])["enrolled"], 2);
  }
  EXPECT_NE(scores_of(answers), scores_of(answers_of(*recognizer, tone(500), nullptr)));
}

TEST(Enrolment, TheOrderOfClipsDoesNotMatter) {
  const auto recognizer = tone_recognizer();
  const std::string schema = recognizer->models()[0]->classifier->signature().schema_id;
  const auto one = enrolled(*recognizer, {300, 700, 1100, 250});
  const auto other = enrolled(*recognizer, {1100, 250, 300, 700});
  ASSERT_NE(one->sum_under(schema), nullptr);
  for (size_t c = 0; c < one->sum_under(schema)->size(); ++c)
    EXPECT_NEAR((*one->sum_under(schema))[c], (*other->sum_under(schema))[c], 1e-9);
  // Clips joined in two steps are the same clips.
  const std::vector<Enrolment> halves = {*enrolled(*recognizer, {300, 700}),
                                         *enrolled(*recognizer, {1100, 250})};
  EXPECT_EQ(Enrolment::joined(halves).num_clips(), 4u);
  for (size_t c = 0; c < one->sum_under(schema)->size(); ++c)
    EXPECT_NEAR((*one->sum_under(schema))[c], (*Enrolment::joined(halves).sum_under(schema))[c],
                1e-9);
}

TEST(Enrolment, HoldsInEveryWindowOfATimeline) {
  const auto recognizer = tone_recognizer();
  audio::DecodedAudio audio = tone(500);
  const RecognitionOptions plain{.timeline = TimelineOptions{.window_s = 1.0, .hop_s = 1.0}};
  RecognitionOptions with = plain;
  with.enrolment = enrolled(*recognizer, {300, 700, 1100});
  const auto windows = [&](const RecognitionOptions& options) {
    std::vector<Answer> answers = recognizer->recognize(audio, kBoth, options).value();
    const std::vector<float> whole = scores_of(answers);
    for (Answer& answer : answers) {
      EXPECT_EQ(answer.segments->size(), 1u);
      answer.scores = answer.segments->front().scores;
    }
    EXPECT_EQ(scores_of(answers), whole) << "the only window is the whole recording";
    return whole;
  };
  EXPECT_NE(windows(with), windows(plain));
}

TEST(Enrolment, UnderOtherFeaturesIsRefused) {
  const auto recognizer = tone_recognizer();
  const auto voice = std::make_shared<const Enrolment>(
      std::map<std::string, std::vector<double>>{{"other", {1.0}}});
  const auto answers = recognizer->recognize(tone(500), kBoth, {.enrolment = voice});
  ASSERT_FALSE(answers);
  EXPECT_EQ(answers.error().code, ErrorCode::kMismatch);
  EXPECT_THAT(answers.error().message, HasSubstr("not enrolled under its features"));
}

TEST(Enrolment, OnlyOneUnderTheModelsFeaturesIsTheRecognizers) {
  const auto recognizer = tone_recognizer();
  const Enrolment voice = *enrolled(*recognizer, {300, 700});
  EXPECT_TRUE(recognizer->check_enrolled(voice));
  EXPECT_TRUE(recognizer->check_enrolled({}));
  auto more = voice.sums();
  more["other"] = {1.0};
  auto shorter = voice.sums();
  shorter.begin()->second.pop_back();
  for (const auto& sums : {more, shorter, {}}) {
    const auto checked = recognizer->check_enrolled(Enrolment(2, sums));
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::kMismatch);
  }
}

TEST(Enrolment, AnImpossibleVoiceGivesNoAnswerOrOneOfProbabilities) {
  const auto recognizer = tone_recognizer();
  for (const double size : {1e3, 1e12, 3e38}) {
    auto sums = enrolled(*recognizer, {300})->sums();
    for (double& value : sums.begin()->second) value = -size;
    const auto voice = std::make_shared<const Enrolment>(1, sums);
    const auto answers = recognizer->recognize(tone(500), kBoth, {.enrolment = voice});
    if (!answers) {
      EXPECT_EQ(answers.error().code, ErrorCode::kNotFinite) << size;
      continue;
    }
    for (const float score : scores_of(*answers)) EXPECT_TRUE(score >= 0.0f && score <= 1.0f);
  }
}

TEST(Recognizer, StopsWhenItIsTold) {
  const auto recognizer = tone_recognizer();
  std::stop_source source;
  RecognitionOptions options{.timeline = TimelineOptions{}, .stop = source.get_token()};
  EXPECT_TRUE(recognizer->recognize(tone(500), kBoth, options));
  source.request_stop();
  const auto stopped = recognizer->recognize(tone(500), kBoth, options);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, ErrorCode::kCancelled);
}

TEST(Enrolment, ARecordingWithoutSoundEnrolsNobody) {
  audio::DecodedAudio silence = tone(500);
  std::ranges::fill(silence.samples, 0.0f);
  EXPECT_EQ(tone_recognizer()->enrol(silence).error().code, ErrorCode::kSilent);
}

TEST(Enrolment, SpeakersAreAnsweredSideBySide) {
  const auto recognizer = tone_recognizer();
  const auto first = enrolled(*recognizer, {300, 700});
  const auto second = enrolled(*recognizer, {2000, 2500, 2600});
  const std::vector<float> of_first = scores_of(answers_of(*recognizer, tone(500), first));
  const std::vector<float> of_second = scores_of(answers_of(*recognizer, tone(500), second));
  parallel_for(16, 4, [&](size_t i) {
    EXPECT_EQ(scores_of(answers_of(*recognizer, tone(500), i % 2 == 0 ? first : second)),
              i % 2 == 0 ? of_first : of_second);
  });
}

model::Metadata measured(std::vector<eval::EnrolmentPoint> points) {
  model::Metadata metadata;
  const std::vector<eval::EnrolmentCurve> curves = {{"every label", std::move(points)}};
  metadata.metrics["enrolled"] = eval::to_json(curves);
  return metadata;
}

TEST(EnrolmentWarning, FollowsTheMeasurementOfAsManyClips) {
  const model::Metadata metadata =
      measured({{5, 24, 0.5, 0.51, eval::PairedTest{0.01, {-0.004, 0.02}, 0.2}},
                {10, 24, 0.5, 0.54, eval::PairedTest{0.04, {0.02, 0.06}, 0.001}}});
  EXPECT_THAT(enrolment_warning(metadata, 1).value(), HasSubstr("one clip"));
  EXPECT_THAT(enrolment_warning(metadata, 4).value(), HasSubstr("not measured"));
  EXPECT_THAT(enrolment_warning(metadata, 9).value(),
              HasSubstr("UAR +0.010 (-0.004 to +0.020) with 5 clips"));
  EXPECT_FALSE(enrolment_warning(metadata, 10));
  EXPECT_FALSE(enrolment_warning(metadata, 1000));
}

TEST(EnrolmentWarning, WhatWasNotMeasuredIsSaid) {
  EXPECT_THAT(enrolment_warning({}, 10).value(), HasSubstr("not measured"));
  model::Metadata foreign;
  foreign.metrics["enrolled"] = {{"clips_of", 3}};
  EXPECT_THAT(enrolment_warning(foreign, 10).value(), HasSubstr("not measured"));
}

}  // namespace
}  // namespace sermo::engine
