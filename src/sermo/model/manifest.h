// models/manifest.json: which models a folder holds, and what is known of each.
//
// Written last and atomically: a folder whose manifest can be read is complete. Keys are those of
// README.md's "Files". Thread rule: plain values, pure functions.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/model/artifact.h"

namespace sermo::model {

inline constexpr int kManifestFormat = 1;
inline constexpr std::string_view kManifestFile = "manifest.json";

// A model that a vote was made of, as it was when the vote was written.
struct MemberFile {
  std::string name;
  std::string sha256;
  bool operator==(const MemberFile&) const = default;
};

struct ManifestEntry {
  std::string name;
  std::string title;
  std::string family;
  std::string schema_id;
  std::string file;    // in the manifest's folder; never a path out of it
  std::string sha256;  // of the file, 64 hexadecimal digits
  uint64_t bytes = 0;  // its size
  std::string protocol;
  uint64_t seed = 0;
  nlohmann::json hyperparameters = nlohmann::json::object();
  double fit_seconds = 0.0;
  nlohmann::json training = nlohmann::json::object();  // Metadata's; empty in older manifests
  nlohmann::json test = nlohmann::json::object();      // {"clips","accuracy","uar","macro_f1"}
  nlohmann::json uar_speaker_independent;              // a number, or null: not measured
  nlohmann::json enrolled;  // what enrolment adds (eval/enrolment_figures.h), or null: not measured
  nlohmann::json calibration = nlohmann::json::object();
  std::vector<MemberFile> members;  // of a vote; else empty
  // Of the table it was trained on: the clips of the manifest's dataset under the entry's schema.
  std::string table_fingerprint;
  bool operator==(const ManifestEntry&) const = default;
};

struct Manifest {
  std::string sermo_version;
  std::string created;    // UTC, ISO 8601
  std::string schema_id;  // of the first model
  std::vector<std::string> labels;
  DatasetInfo dataset;                // of the first model
  std::string clips_fingerprint;      // of the clips of all models; empty in older manifests
  std::vector<ManifestEntry> models;  // the first is the default
  bool operator==(const Manifest&) const = default;
};

// What an entry was trained on.
DatasetInfo dataset_of(const Manifest& manifest, const ManifestEntry& entry);

nlohmann::ordered_json to_json(const Manifest& manifest);
// kCorrupt (not JSON, keys missing or of the wrong type, two models of one name), kUnsupported
// (another format).
Result<Manifest> parse_manifest(std::string_view text);

// kNotFound when the folder has no manifest.
Result<Manifest> read_manifest(const std::filesystem::path& folder);
Result<void> write_manifest(const std::filesystem::path& folder, const Manifest& manifest);

// Reads the entry's file, checks size and checksum against the manifest and name, schema and labels
// against the entry. kNotFound (missing file), kCorrupt (checksum), kMismatch, and what
// parse_artifact says.
Result<Artifact> read_model(const std::filesystem::path& folder, const Manifest& manifest,
                            const ManifestEntry& entry);

}  // namespace sermo::model
