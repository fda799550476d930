#include "sermo/engine/model_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sermo/base/file.h"
#include "sermo/base/mt19937.h"
#include "sermo/features/extractor.h"
#include "sermo/learn/registry.h"
#include "temporary_folder.h"

namespace sermo::engine {
namespace {

// Rows that look like librosa-110's to a model: 110 numbers, three labels around centres of their
// own.
data::Table made_up_table() {
  data::Table table;
  table.schema = features::find_extractor("librosa-110").value()->schema();
  const std::vector<std::string> labels = {"calm", "angry", "sad"};
  table.features.resize(90, table.schema.num_features());
  RandomState random(8);
  for (size_t r = 0; r < 90; ++r) {
    table.labels.push_back(labels[r % 3]);
    table.speakers.push_back(static_cast<int>(r % 5));
    table.paths.push_back(std::to_string(r) + ".wav");
    for (float& value : table.features.row(r)) {
      value = static_cast<float>(static_cast<double>(r % 3) + 3.0 * (random.random_sample() - 0.5));
    }
  }
  return table;
}

TrainingReport trained(const std::vector<std::string>& names, uint64_t seed = 42) {
  TrainingOptions options;
  for (const std::string& name : names)
    options.learners.push_back(learn::find_learner(name).value());
  options.seed = seed;
  options.dataset_name = "made up";
  return train(made_up_table(), options).value();
}

std::vector<std::string> names_in(const model::Manifest& manifest) {
  std::vector<std::string> names;
  for (const model::ManifestEntry& entry : manifest.models) names.push_back(entry.name);
  std::ranges::sort(names);
  return names;
}

audio::DecodedAudio tone(double seconds, float level = 0.3f) {
  audio::DecodedAudio audio;
  audio.format = {"wav", "pcm_s16", 22050, 1};
  audio.samples.resize(static_cast<size_t>(22050.0 * seconds));
  for (size_t i = 0; i < audio.samples.size(); ++i) {
    audio.samples[i] =
        level * std::sin(0.05f * static_cast<float>(i)) * std::sin(0.0004f * static_cast<float>(i));
  }
  return audio;
}

TEST(ModelFolder, WhatIsWrittenIsLoadedAndAnswers) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_model_folder(folder.path(), trained({"knn", "rf"})));
  const auto recognizer = load_recognizer(folder.path(), {"all"}, 2).value();
  EXPECT_EQ(recognizer->models().size(), 2u);
  const std::vector<size_t> both = {0, 1};
  const std::vector<Answer> answers = recognizer->recognize(tone(1.0), both).value();
  ASSERT_EQ(answers.size(), 2u);
  for (const Answer& answer : answers) {
    EXPECT_EQ(answer.scores.size(), 3u);
    EXPECT_NEAR(answer.duration_s, 1.0, 1e-9);
    EXPECT_FALSE(answer.segments.has_value());
  }
}

TEST(ModelFolder, LaterModelsJoinThoseOfTheSameTableAndSeed) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_model_folder(folder.path(), trained({"knn", "rf"})));
  EXPECT_EQ(names_in(write_model_folder(folder.path(), trained({"et", "rf"})).value()),
            (std::vector<std::string>{"et", "knn", "rf"}));
  EXPECT_EQ(names_in(write_model_folder(folder.path(), trained({"svm"}, 43)).value()),
            (std::vector<std::string>{"svm"}))
      << "another seed is another split: its models do not belong together";
}

TEST(ModelFolder, AModelWhoseFileWasChangedDoesNotStay) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_model_folder(folder.path(), trained({"knn"})));
  ASSERT_TRUE(write_file_atomically(folder.path() / "knn.onnx", "broken"));
  EXPECT_EQ(names_in(write_model_folder(folder.path(), trained({"rf"})).value()),
            (std::vector<std::string>{"rf"}));
}

TEST(ModelFolder, TheFirstIsTheMostDependable) {
  TrainingReport report = trained({"knn", "rf", "et"});
  const auto measured = [&](size_t m, double accuracy, int clips) {
    report.models[m].artifact.metadata.calibration = {{"held_out_accuracy", accuracy},
                                                      {"held_out_clips", clips}};
  };
  measured(0, 0.67, 100);  // the best figure, but from few clips
  measured(1, 0.66, 1000);
  measured(2, 0.60, 1000);
  const testing::TemporaryFolder folder;
  const model::Manifest manifest = write_model_folder(folder.path(), report).value();
  EXPECT_EQ(manifest.models[0].name, "rf");
}

// A vote whose own file cannot be read answers all the same while its members are what they were.
TEST(ModelFolder, AVoteIsPutTogetherFromItsMembers) {
  const testing::TemporaryFolder folder;
  TrainingOptions options;
  for (const char* name : {"knn", "rf", "svm"})
    options.learners.push_back(learn::find_learner(name).value());
  options.votes.push_back(learn::find_vote("rf_svm_knn").value());
  const TrainingReport report = train(made_up_table(), options).value();
  const model::Manifest manifest = write_model_folder(folder.path(), report).value();
  const auto from_file =
      load_recognizer(folder.path(), {(folder.path() / "rf_svm_knn.onnx").string()}).value();
  ASSERT_TRUE(write_file_atomically(folder.path() / "rf_svm_knn.onnx", "broken"));
  const auto assembled = load_recognizer(folder.path(), {"rf_svm_knn"}, 2).value();

  const data::Table table = made_up_table();
  Matrix expected;
  Matrix answered;
  from_file->models()[0]->classifier->predict_proba(table.features, expected);
  assembled->models()[0]->classifier->predict_proba(table.features, answered);
  for (size_t r = 0; r < expected.num_rows(); ++r)
    for (size_t k = 0; k < expected.num_cols(); ++k)
      ASSERT_NEAR(answered(r, k), expected(r, k), 1e-6);
  const model::Metadata& read = from_file->models()[0]->metadata;
  const model::Metadata& put_together = assembled->models()[0]->metadata;
  EXPECT_EQ(put_together.title, read.title);
  EXPECT_EQ(put_together.hyperparameters, read.hyperparameters);
  EXPECT_EQ(put_together.calibration, read.calibration);
  EXPECT_EQ(put_together.metrics, read.metrics);
  EXPECT_EQ(put_together.dataset, read.dataset);
  EXPECT_EQ(assembled->models()[0]->classifier->family(), "vote");

  model::Manifest changed = manifest;
  for (model::ManifestEntry& entry : changed.models)
    if (entry.name == "knn") entry.sha256.front() = entry.sha256.front() == '0' ? '1' : '0';
  EXPECT_FALSE(load_recognizer(folder.path(), changed, {"rf_svm_knn"}))
      << "with another member the vote must come from its own file, which is broken";
}

TEST(ModelFolder, NamesThatAreNotThereSayWhichAre) {
  const testing::TemporaryFolder folder;
  EXPECT_EQ(load_recognizer(folder.path(), {}).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_model_folder(folder.path(), trained({"knn"})));
  const Error error = load_recognizer(folder.path(), {"svm"}).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("knn"), std::string::npos);
  EXPECT_TRUE(load_recognizer("no such folder", {(folder.path() / "knn.onnx").string()}))
      << "a file needs no folder";
}

TEST(Recognizer, AModelOfForeignFeaturesIsRefusedByName) {
  data::Table table = made_up_table();
  table.schema = features::make_schema("librosa-110", 99, "{}", table.schema.names);
  TrainingOptions options;
  options.learners = {learn::find_learner("knn").value()};
  const TrainingReport report = train(table, options).value();
  const auto refused =
      Recognizer::create({std::make_shared<const model::Artifact>(report.models[0].artifact)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kMismatch);
  EXPECT_NE(refused.error().message.find("librosa-110/99-"), std::string::npos)
      << refused.error().message;
}

TEST(Recognizer, ATimelineAnswersEachWindowAndSaysSilence) {
  const TrainingReport report = trained({"knn"});
  const auto recognizer =
      Recognizer::create({std::make_shared<const model::Artifact>(report.models[0].artifact)})
          .value();
  audio::DecodedAudio audio = tone(6.0);
  std::fill(audio.samples.begin() + 2 * 22050, audio.samples.begin() + 4 * 22050, 0.0f);
  const std::vector<size_t> first = {0};
  const std::vector<Answer> answers =
      recognizer->recognize(audio, first, {.timeline = TimelineOptions{2.0, 2.0}}).value();
  const std::vector<Segment>& segments = answers[0].segments.value();
  ASSERT_EQ(segments.size(), 3u);
  EXPECT_FALSE(segments[0].error);
  ASSERT_TRUE(segments[1].error);
  EXPECT_EQ(segments[1].error->code, ErrorCode::kSilent);
  EXPECT_TRUE(segments[1].scores.empty());
  EXPECT_FALSE(segments[2].error);
  EXPECT_NEAR(segments[2].end_s, 6.0, 1e-6);
}

TEST(Recognizer, SilenceIsSilenceAtAnyRate) {
  const TrainingReport report = trained({"knn"});
  const auto recognizer =
      Recognizer::create({std::make_shared<const model::Artifact>(report.models[0].artifact)})
          .value();
  audio::DecodedAudio audio = tone(6.0);  // played at 48 kHz it lasts 2.76 s
  audio.format.sample_rate_hz = 48000;
  std::fill(audio.samples.begin() + 48000, audio.samples.begin() + 96000, 0.0f);
  const std::vector<size_t> first = {0};
  const std::vector<Answer> answers =
      recognizer->recognize(audio, first, {.timeline = TimelineOptions{0.5, 0.2}}).value();
  size_t num_silent = 0;
  for (const Segment& segment : answers[0].segments.value()) {
    const bool inside = segment.start_s >= 1.0 && segment.end_s <= 2.0;
    EXPECT_EQ(segment.error.has_value(), inside) << segment.start_s;
    num_silent += segment.error ? 1 : 0;
  }
  EXPECT_EQ(num_silent, 3u);
}

TEST(Recognizer, NoAnswerIsMadeUp) {
  const TrainingReport report = trained({"knn"});
  const auto recognizer =
      Recognizer::create({std::make_shared<const model::Artifact>(report.models[0].artifact)})
          .value();
  const std::vector<size_t> first = {0};
  EXPECT_EQ(recognizer->recognize(tone(0.1), first).error().code, ErrorCode::kTooShort);
  EXPECT_EQ(recognizer->recognize(tone(1.0, 0.0f), first).error().code, ErrorCode::kSilent);
  EXPECT_EQ(Recognizer::create({}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sermo::engine
