#include "sermo/model/manifest.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <utility>

#include "sermo/base/file.h"
#include "sermo/base/hash.h"
#include "sermo/model/shallow_json.h"

namespace sermo::model {
namespace {

using nlohmann::ordered_json;

constexpr size_t kMaxManifestBytes = size_t{16} << 20;

ordered_json to_json(const ManifestEntry& entry) {
  ordered_json json{{"name", entry.name},
                    {"title", entry.title},
                    {"family", entry.family},
                    {"schema_id", entry.schema_id},
                    {"table_fingerprint", entry.table_fingerprint},
                    {"file", entry.file},
                    {"sha256", entry.sha256},
                    {"bytes", entry.bytes},
                    {"protocol", entry.protocol},
                    {"seed", entry.seed},
                    {"hyperparameters", entry.hyperparameters},
                    {"fit_seconds", entry.fit_seconds},
                    {"training", entry.training},
                    {"test", entry.test},
                    {"uar_speaker_independent", entry.uar_speaker_independent},
                    {"calibration", entry.calibration}};
  if (!entry.enrolled.is_null()) json["enrolled"] = entry.enrolled;
  for (const MemberFile& member : entry.members)
    json["members"].push_back({{"name", member.name}, {"sha256", member.sha256}});
  return json;
}

// nlohmann's accessors throw on missing keys and wrong types; parse_manifest turns that into an
// Error.
ManifestEntry entry_from(const nlohmann::json& json, const DatasetInfo& dataset) {
  ManifestEntry entry;
  json.at("name").get_to(entry.name);
  json.at("title").get_to(entry.title);
  json.at("family").get_to(entry.family);
  json.at("schema_id").get_to(entry.schema_id);
  // Once all models of a folder were of one table.
  entry.table_fingerprint = json.value("table_fingerprint", dataset.fingerprint);
  json.at("file").get_to(entry.file);
  json.at("sha256").get_to(entry.sha256);
  json.at("bytes").get_to(entry.bytes);
  json.at("protocol").get_to(entry.protocol);
  json.at("seed").get_to(entry.seed);
  entry.hyperparameters = json.at("hyperparameters");
  json.at("fit_seconds").get_to(entry.fit_seconds);
  entry.training = json.value("training", nlohmann::json::object());
  entry.test = json.at("test");
  entry.uar_speaker_independent = json.at("uar_speaker_independent");
  entry.calibration = json.at("calibration");
  entry.enrolled = json.value("enrolled", nlohmann::json());
  if (json.contains("members")) {
    for (const nlohmann::json& member : json.at("members"))
      entry.members.push_back({member.at("name"), member.at("sha256")});
  }
  return entry;
}

bool stays_in_folder(const std::string& file) {
  return !file.empty() && file != "." && file != ".." && file.find('/') == std::string::npos;
}

Result<void> check(const Manifest& manifest) {
  std::set<std::string> names;
  for (const ManifestEntry& entry : manifest.models) {
    if (!names.insert(entry.name).second)
      return fail(ErrorCode::kCorrupt, fmt::format("two models are named {}", entry.name));
    if (!stays_in_folder(entry.file)) {
      return fail(ErrorCode::kCorrupt, fmt::format("{}: the file {} does not lie in the folder",
                                                   entry.name, entry.file));
    }
  }
  return {};
}

}  // namespace

DatasetInfo dataset_of(const Manifest& manifest, const ManifestEntry& entry) {
  DatasetInfo dataset = manifest.dataset;
  dataset.fingerprint = entry.table_fingerprint;
  return dataset;
}

ordered_json to_json(const Manifest& manifest) {
  ordered_json models = ordered_json::array();
  for (const ManifestEntry& entry : manifest.models) models.push_back(to_json(entry));
  return {{"format", kManifestFormat},
          {"sermo_version", manifest.sermo_version},
          {"created", manifest.created},
          {"schema_id", manifest.schema_id},
          {"labels", manifest.labels},
          {"dataset",
           {{"name", manifest.dataset.name},
            {"clips", manifest.dataset.num_clips},
            {"speakers", manifest.dataset.num_speakers},
            {"fingerprint", manifest.dataset.fingerprint},
            {"clips_fingerprint", manifest.clips_fingerprint}}},
          {"models", std::move(models)}};
}

Result<Manifest> parse_manifest(std::string_view text) {
  Manifest manifest;
  try {
    const nlohmann::json json = parse_shallow_json(text);
    if (json.is_discarded()) return fail(ErrorCode::kCorrupt, "not a manifest (it is not JSON)");
    if (const int format = json.at("format").get<int>(); format != kManifestFormat) {
      return fail(ErrorCode::kUnsupported,
                  fmt::format("manifest of format {}, wanted {}", format, kManifestFormat));
    }
    json.at("sermo_version").get_to(manifest.sermo_version);
    json.at("created").get_to(manifest.created);
    json.at("schema_id").get_to(manifest.schema_id);
    json.at("labels").get_to(manifest.labels);
    const nlohmann::json& dataset = json.at("dataset");
    dataset.at("name").get_to(manifest.dataset.name);
    dataset.at("clips").get_to(manifest.dataset.num_clips);
    dataset.at("speakers").get_to(manifest.dataset.num_speakers);
    dataset.at("fingerprint").get_to(manifest.dataset.fingerprint);
    manifest.clips_fingerprint = dataset.value("clips_fingerprint", "");
    for (const nlohmann::json& model : json.at("models"))
      manifest.models.push_back(entry_from(model, manifest.dataset));
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kCorrupt, fmt::format("not a manifest ({})", error.what()));
  }
  SERMO_TRY_VOID(check(manifest));
  return manifest;
}

Result<Manifest> read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestFile;
  const Result<std::string> text = read_text_file(path, kMaxManifestBytes);
  if (!text && text.error().code == ErrorCode::kNotFound) {
    return fail(
        ErrorCode::kNotFound,
        fmt::format("{}: no trained models there (no {}); `sermo train --out {}` makes them",
                    folder.string(), kManifestFile, folder.string()));
  }
  if (!text) return fail(text.error());
  Result<Manifest> manifest = parse_manifest(*text);
  if (!manifest) return fail(std::move(manifest.error()).in(path.string()));
  return manifest;
}

Result<void> write_manifest(const std::filesystem::path& folder, const Manifest& manifest) {
  SERMO_TRY_VOID(check(manifest));
  return write_file_atomically(folder / kManifestFile, to_json(manifest).dump(1) + "\n");
}

namespace {

// Why bytes are not what the manifest says; nothing where they are.
Result<void> check_bytes(std::span<const std::byte> bytes, const ManifestEntry& entry) {
  const std::string sha256 = sha256_hex(bytes);
  if (bytes.size() == entry.bytes && sha256 == entry.sha256) return {};
  // Another file put in its place is better called what it is than a wrong number of bytes.
  if (bytes.size() != entry.bytes) {
    const Result<Artifact> artifact = parse_artifact(bytes);
    if (!artifact && artifact.error().code == ErrorCode::kUnsupported)
      return fail(artifact.error());
  }
  if (bytes.size() < entry.bytes) {
    return fail(ErrorCode::kCorrupt,
                fmt::format("truncated: {} of {} bytes", bytes.size(), entry.bytes));
  }
  if (bytes.size() > entry.bytes) {
    return fail(ErrorCode::kCorrupt, fmt::format("{} bytes, wanted {}: the file was replaced",
                                                 bytes.size(), entry.bytes));
  }
  return fail(
      ErrorCode::kCorrupt,
      fmt::format("SHA-256 {:.12}..., wanted {:.12}... as in the manifest: the file was changed",
                  sha256, entry.sha256));
}

}  // namespace

Result<Artifact> read_model(const std::filesystem::path& folder, const Manifest& manifest,
                            const ManifestEntry& entry) {
  const std::filesystem::path path = folder / entry.file;
  const auto named = [&](ErrorCode code, std::string message) {
    return fail(code, path.string() + ": " + std::move(message));
  };
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path));
  if (Result<void> checked = check_bytes(bytes, entry); !checked)
    return fail(std::move(checked.error()).in(path.string()));
  Result<Artifact> artifact = parse_artifact(bytes);
  if (!artifact) return fail(std::move(artifact.error()).in(path.string()));
  const Signature& signature = artifact->classifier->signature();
  if (artifact->metadata.name != entry.name) {
    return named(ErrorCode::kMismatch, fmt::format("the model's name is {}, the manifest's {}",
                                                   artifact->metadata.name, entry.name));
  }
  if (signature.schema_id != entry.schema_id) {
    return named(ErrorCode::kMismatch, fmt::format("trained on features {}, the manifest says {}",
                                                   signature.schema_id, entry.schema_id));
  }
  if (signature.labels != manifest.labels) {
    return named(ErrorCode::kMismatch,
                 fmt::format("its labels are {}, the manifest's {}",
                             fmt::join(signature.labels, " "), fmt::join(manifest.labels, " ")));
  }
  return artifact;
}

}  // namespace sermo::model
