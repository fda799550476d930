// One file a model: what a trained model is, where it comes from, and its ONNX form.
//
// The file is an ONNX model of standard operators (ai.onnx 15, ai.onnx.ml 3, ir_version 8) with the
// scaler inside: input `features` [N, D] float, outputs `label` [N] string and `probabilities`
// [N, K] float, so that any ONNX runtime serves it as it is. Everything else lies in
// metadata_props. Reading takes initialisers and attributes by name; it is no general interpreter
// of graphs.
//
// The same artifact gives the same bytes. Reading checks everything before use, since files may
// come from anyone: kUnsupported (not ONNX, not Sermo's, another format, an unknown family),
// kCorrupt (truncated, or parts that contradict each other), kTooLarge. Thread rule: pure
// functions; an Artifact is a plain value that shares its immutable classifier.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/model/classifier.h"

namespace sermo::model {

// Raised when files of the old form can no longer be read or understood.
inline constexpr int kArtifactFormat = 1;

struct DatasetInfo {
  std::string name;
  int64_t num_clips = 0;
  int64_t num_speakers = 0;
  std::string fingerprint;  // ContentHash of the training table
  bool operator==(const DatasetInfo&) const = default;
};

// Family, schema id and labels are the classifier's own.
struct Metadata {
  std::string name;   // "svm": what users type, and the file's name
  std::string title;  // "Support vector machine"
  nlohmann::json hyperparameters = nlohmann::json::object();
  uint64_t seed = 0;
  std::string protocol;  // "honest" or "original"
  DatasetInfo dataset;
  // What it learnt from: {"clips":1152,"copies":6912,"conditions":{"noise":2304,...}}, degraded
  // copies by kind (data/copy_kinds.h). Empty in older files.
  nlohmann::json training = nlohmann::json::object();
  nlohmann::json metrics = nlohmann::json::object();      // {"test":{"clips":288,...},...}
  nlohmann::json calibration = nlohmann::json::object();  // how the temperature was found
  std::string sermo_version;
  bool operator==(const Metadata&) const = default;
};

// A few rows and what the model answered to them when it was written, so that anyone can check
// that it still does.
struct KnownRows {
  Matrix features;                  // [M, D] raw
  std::vector<std::string> labels;  // [M]
  Matrix probabilities;             // [M, K]
};

// Chooses at most `max_rows` of `candidates`: the first of each predicted label, as far as the
// answer is clear enough (1e-3 before the second) to be the same on every machine; the clearest one
// where none is.
KnownRows choose_known_rows(const Classifier& classifier, MatrixView candidates,
                            size_t max_rows = 8);

struct Artifact {
  Metadata metadata;
  std::shared_ptr<const Classifier> classifier;
  KnownRows known_rows;  // may be empty
};

// The bytes of the ONNX file. kUnsupported for a classifier without an ONNX form.
Result<std::string> serialise(const Artifact& artifact);
Result<Artifact> parse_artifact(std::span<const std::byte> bytes);

// To and from a file; writing is atomic. Errors name the file.
Result<void> write_artifact(const std::filesystem::path& path, const Artifact& artifact);
Result<Artifact> read_artifact(const std::filesystem::path& path);

}  // namespace sermo::model
