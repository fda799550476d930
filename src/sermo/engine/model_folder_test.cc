#include "sermo/engine/model_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sermo/base/file.h"
#include "sermo/base/mt19937.h"
#include "sermo/features/extractor.h"
#include "sermo/learn/registry.h"
#include "sermo/model/verify.h"
#include "temporary_folder.h"

namespace sermo::engine {
namespace {

namespace fs = std::filesystem;

// Rows that look like a schema's to a model: as many numbers, three labels around centres of their
// own.
data::Table made_up_table(const std::string& schema = "librosa-110") {
  data::Table table;
  table.schema = features::find_extractor(schema).value()->schema();
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

TrainingReport trained_on(const data::Table& table, const std::vector<std::string>& names,
                          uint64_t seed = 42) {
  TrainingOptions options;
  for (const std::string& name : names) {
    if (learn::names_a_vote(name))
      options.votes.push_back(learn::find_vote(name).value());
    else
      options.learners.push_back(learn::find_learner(name).value());
  }
  options.seed = seed;
  options.dataset_name = "made up";
  return train(table, options).value();
}

TrainingReport trained(const std::vector<std::string>& names, uint64_t seed = 42) {
  return trained_on(made_up_table(), names, seed);
}

// As an extractor is, and counts how often it is asked.
class CountingExtractor final : public features::Extractor {
 public:
  explicit CountingExtractor(const std::string& schema)
      : extractor_(features::find_extractor(schema).value()) {}
  const features::Schema& schema() const override { return extractor_->schema(); }
  int sample_rate_hz() const override { return extractor_->sample_rate_hz(); }
  std::unique_ptr<features::Workspace> make_workspace() const override {
    return extractor_->make_workspace();
  }
  Result<void> extract(std::span<const float> samples, std::span<float> out,
                       features::Workspace& workspace) const override {
    ++num_calls;
    return extractor_->extract(samples, out, workspace);
  }
  mutable int num_calls = 0;

 private:
  std::shared_ptr<const features::Extractor> extractor_;
};

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

TEST(ModelFolder, ModelsOfTwoSchemasAnswerAsEachAlone) {
  const TrainingReport few = trained({"knn", "rf"});
  const TrainingReport many =
      trained_on(made_up_table("sermo-voice"), {"lda", "kernel_ridge", "voice"});
  TrainingReport both = few;
  join(both, many);
  const testing::TemporaryFolder folder, first_folder, second_folder;
  const model::Manifest manifest = write_model_folder(folder.path(), both).value();
  ASSERT_TRUE(write_model_folder(first_folder.path(), few));
  ASSERT_TRUE(write_model_folder(second_folder.path(), many));
  ASSERT_EQ(manifest.models.size(), 5u);
  EXPECT_EQ(manifest.schema_id, manifest.models[0].schema_id);
  EXPECT_EQ(manifest.dataset.fingerprint, manifest.models[0].table_fingerprint);
  const auto findings = model::verify_folder(folder.path()).value();
  for (const model::Finding& finding : findings)
    EXPECT_FALSE(finding.error) << finding.error->message;

  const auto loaded = load_recognizer(folder.path(), {"all"}, 2).value();
  const auto fewer = std::make_shared<const CountingExtractor>("librosa-110");
  const auto more = std::make_shared<const CountingExtractor>("sermo-voice");
  const std::vector<std::shared_ptr<const features::Extractor>> counting = {fewer, more};
  const auto recognizer =
      Recognizer::create({loaded->models().begin(), loaded->models().end()}, counting).value();
  const std::vector<size_t> all = {0, 1, 2, 3, 4};
  const audio::DecodedAudio audio = tone(1.0);
  const std::vector<Answer> answers = recognizer->recognize(audio, all).value();
  EXPECT_EQ(fewer->num_calls, 1);
  EXPECT_EQ(more->num_calls, 1);
  for (const Answer& answer : answers) {
    const bool is_first = answer.model == "knn" || answer.model == "rf";
    const auto alone =
        load_recognizer(is_first ? first_folder.path() : second_folder.path(), {answer.model})
            .value();
    const std::vector<size_t> only = {0};
    const Answer expected = alone->recognize(audio, only).value()[0];
    ASSERT_EQ(answer.scores.size(), expected.scores.size());
    for (size_t k = 0; k < expected.scores.size(); ++k) {
      EXPECT_EQ(answer.scores[k].label, expected.scores[k].label) << answer.model;
      EXPECT_EQ(answer.scores[k].score, expected.scores[k].score) << answer.model;
    }
  }
}

TEST(ModelFolder, ModelsOfAnotherSchemaJoinWhereTheClipsAreTheSame) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_model_folder(folder.path(), trained({"knn"})));
  data::Table table = made_up_table("sermo-voice");
  const model::Manifest both =
      write_model_folder(folder.path(), trained_on(table, {"lda"})).value();
  EXPECT_EQ(names_in(both), (std::vector<std::string>{"knn", "lda"}));
  EXPECT_NE(both.models[0].table_fingerprint, both.models[1].table_fingerprint);
  EXPECT_EQ(model::read_manifest(folder.path()).value(), both);

  table.paths[3] = "another.wav";  // so that "test" need not mean the same clips
  EXPECT_EQ(names_in(write_model_folder(folder.path(), trained_on(table, {"lda"})).value()),
            (std::vector<std::string>{"lda"}));
}

// Manifests once did not say which clips their models were of, and had one schema.
TEST(ModelFolder, ModelsOfAnOlderManifestStayWithThoseOfTheirTable) {
  const auto older_folder = [](const testing::TemporaryFolder& folder) {
    ASSERT_TRUE(write_model_folder(folder.path(), trained({"knn"})));
    const fs::path file = folder.path() / model::kManifestFile;
    auto json = nlohmann::ordered_json::parse(read_text_file(file).value());
    json["dataset"].erase("clips_fingerprint");
    json["models"][0].erase("table_fingerprint");
    ASSERT_TRUE(write_file_atomically(file, json.dump()));
  };
  const testing::TemporaryFolder folder, other;
  older_folder(folder);
  EXPECT_TRUE(load_recognizer(folder.path(), {}));
  EXPECT_EQ(names_in(write_model_folder(folder.path(), trained({"rf"})).value()),
            (std::vector<std::string>{"knn", "rf"}));
  older_folder(other);
  const TrainingReport voice = trained_on(made_up_table("sermo-voice"), {"lda"});
  EXPECT_EQ(names_in(write_model_folder(other.path(), voice).value()),
            (std::vector<std::string>{"lda"}));
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

// Figures of known speakers do not decide what answers strangers.
TEST(ModelFolder, VoiceOnItsOwnFeaturesIsTheDefault) {
  for (const bool on_voice : {true, false}) {
    TrainingReport report = trained_on(made_up_table(on_voice ? "sermo-voice" : "librosa-110"),
                                       {"kernel_ridge", "lda", "voice"});
    for (TrainedModel& model : report.models) {
      const bool is_vote = model.artifact.metadata.name == "voice";
      model.artifact.metadata.calibration = {{"held_out_accuracy", is_vote ? 0.6 : 0.9},
                                             {"held_out_clips", 1000}};
    }
    const testing::TemporaryFolder folder;
    const model::Manifest manifest = write_model_folder(folder.path(), report).value();
    EXPECT_EQ(manifest.models[0].name == "voice", on_voice);
  }
}

void expect_to_be_put_together(const std::string& name) {
  SCOPED_TRACE(name);
  const testing::TemporaryFolder folder;
  TrainingOptions options;
  options.votes.push_back(learn::find_vote(name).value());
  const std::vector<std::string> members = options.votes.front().members;
  for (const std::string& member : members)
    options.learners.push_back(learn::find_learner(member).value());
  data::Table table = made_up_table();
  for (size_t r = 0; r < table.labels.size(); r += 3)  // so that members are unsure and disagree
    table.labels[r] = table.labels[(r + 1) % table.labels.size()];
  TrainingReport report = train(table, options).value();
  report.models.back().artifact.metadata.metrics["enrolled"] = {{{"clips_of", "every label"}}};
  const model::Manifest manifest = write_model_folder(folder.path(), report).value();
  const auto from_file =
      load_recognizer(folder.path(), {(folder.path() / (name + ".onnx")).string()}).value();
  ASSERT_TRUE(write_file_atomically(folder.path() / (name + ".onnx"), "broken"));
  const auto assembled = load_recognizer(folder.path(), {name}, 2).value();

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
    if (entry.name == members.back())
      entry.sha256.front() = entry.sha256.front() == '0' ? '1' : '0';
  EXPECT_FALSE(load_recognizer(folder.path(), changed, {name}))
      << "with another member the vote must come from its own file, which is broken";
}

// A vote whose own file cannot be read answers all the same while its members are what they were.
TEST(ModelFolder, AVoteIsPutTogetherFromItsMembers) {
  expect_to_be_put_together("rf_svm_knn");
  expect_to_be_put_together("voice");
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
