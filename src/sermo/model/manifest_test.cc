#include "sermo/model/manifest.h"

#include <gtest/gtest.h>

#include "sermo/base/file.h"
#include "temporary_folder.h"

namespace sermo::model {
namespace {

Manifest example() {
  Manifest manifest;
  manifest.sermo_version = "0.1.0";
  manifest.created = "2026-01-02T03:04:05Z";
  manifest.schema_id = "librosa-110/1-0123456789ab";
  manifest.labels = {"angry", "calm"};
  manifest.dataset = {"ravdess", 1440, 24, "f00d"};
  ManifestEntry entry;
  entry.name = "svm";
  entry.title = "Support vector machine";
  entry.family = "svm";
  entry.schema_id = manifest.schema_id;
  entry.file = "svm.onnx";
  entry.sha256 = std::string(64, 'a');
  entry.bytes = 123456;
  entry.protocol = "honest";
  entry.seed = 42;
  entry.hyperparameters = {{"C", 1.0}};
  entry.fit_seconds = 0.25;
  entry.training = {{"clips", 1152}, {"copies", 0}, {"conditions", nlohmann::json::object()}};
  entry.test = {{"clips", 288}, {"accuracy", 0.65}};
  entry.calibration = {{"temperature", 1.5}};
  entry.table_fingerprint = "f00d";
  manifest.models = {entry};
  manifest.clips_fingerprint = "c11b5";
  return manifest;
}

TEST(Manifest, WhatIsWrittenIsRead) {
  const testing::TemporaryFolder folder;
  ASSERT_TRUE(write_manifest(folder.path(), example()));
  EXPECT_EQ(read_manifest(folder.path()).value(), example());
}

TEST(Manifest, KeysAreTheDocumentedOnesInTheirOrder) {
  std::string keys;
  const auto json = to_json(example());
  for (const auto& [key, value] : json.items()) keys += key + " ";
  EXPECT_EQ(keys, "format sermo_version created schema_id labels dataset models ");
  keys.clear();
  for (const auto& [key, value] : json["models"][0].items()) keys += key + " ";
  EXPECT_EQ(keys,
            "name title family schema_id table_fingerprint file sha256 bytes protocol seed "
            "hyperparameters "
            "fit_seconds training test "
            "uar_speaker_independent calibration ");
}

TEST(Manifest, UnknownKeysAreLeftAlone) {
  auto json = to_json(example());
  json["later"] = 1;
  json["models"][0]["later"] = 2;
  EXPECT_EQ(parse_manifest(json.dump()).value(), example());
}

TEST(Manifest, AModelSaysWhichTableItIsOf) {
  Manifest manifest = example();
  ManifestEntry other = manifest.models[0];
  other.name = "lda";
  other.schema_id = "sermo-voice/1-0123456789ab";
  other.table_fingerprint = "beef";
  manifest.models.push_back(other);
  const Manifest read = parse_manifest(to_json(manifest).dump()).value();
  EXPECT_EQ(read, manifest);
  EXPECT_EQ(dataset_of(read, read.models[0]), manifest.dataset);
  EXPECT_EQ(dataset_of(read, read.models[1]), (DatasetInfo{"ravdess", 1440, 24, "beef"}));
}

TEST(Manifest, OlderOnesDoNotSayWhatWasLearntFrom) {
  auto json = to_json(example());
  json["models"][0].erase("training");
  EXPECT_EQ(parse_manifest(json.dump())->models[0].training, nlohmann::json::object());
}

TEST(Manifest, OnceAllModelsWereOfOneTable) {
  auto json = to_json(example());
  json["models"][0].erase("table_fingerprint");
  json["dataset"].erase("clips_fingerprint");
  const Manifest read = parse_manifest(json.dump()).value();
  EXPECT_EQ(read.models[0].table_fingerprint, "f00d");
  EXPECT_EQ(read.clips_fingerprint, "");
}

TEST(Manifest, WhatIsNoManifestIsRefusedEachWithItsReason) {
  const auto error_of = [](const nlohmann::ordered_json& json) {
    return parse_manifest(json.dump()).error();
  };
  EXPECT_EQ(parse_manifest("").error().code, ErrorCode::kCorrupt);
  EXPECT_EQ(parse_manifest("[]").error().code, ErrorCode::kCorrupt);
  auto json = to_json(example());
  json["format"] = 2;
  EXPECT_EQ(error_of(json).code, ErrorCode::kUnsupported);
  json = to_json(example());
  json["labels"] = "angry";
  EXPECT_EQ(error_of(json).code, ErrorCode::kCorrupt);
  json = to_json(example());
  json["models"][0].erase("sha256");
  EXPECT_NE(error_of(json).message.find("sha256"), std::string::npos);
  json = to_json(example());
  json["models"].push_back(json["models"][0]);
  EXPECT_NE(error_of(json).message.find("two models are named svm"), std::string::npos);
}

TEST(Manifest, AFileOutsideTheFolderIsRefused) {
  for (const char* file : {"../svm.onnx", "/etc/passwd", "..", ""}) {
    auto json = to_json(example());
    json["models"][0]["file"] = file;
    EXPECT_EQ(parse_manifest(json.dump()).error().code, ErrorCode::kCorrupt) << file;
  }
}

TEST(Manifest, AFolderWithoutOneSaysHowToMakeIt) {
  const testing::TemporaryFolder folder;
  const Error error = read_manifest(folder.path()).error();
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_NE(error.message.find("sermo train"), std::string::npos) << error.message;
}

TEST(Manifest, AMissingOrOtherFileIsCalledWhatItIs) {
  const testing::TemporaryFolder folder;
  Manifest manifest = example();
  ManifestEntry& entry = manifest.models[0];
  EXPECT_EQ(read_model(folder.path(), manifest, entry).error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(write_file_atomically(folder.path() / "svm.onnx", "not what it was"));
  EXPECT_NE(read_model(folder.path(), manifest, entry).error().message.find("not an ONNX file"),
            std::string::npos);
  entry.bytes = 15;
  EXPECT_NE(read_model(folder.path(), manifest, entry).error().message.find("SHA-256"),
            std::string::npos);
}

TEST(Manifest, DeepNestingIsRefusedBeforeItIsParsed) {
  std::string text = to_json(example()).dump();
  text.insert(text.find("\"calibration\":") + 14, std::string(100'000, '['));
  EXPECT_EQ(parse_manifest(text).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace sermo::model
