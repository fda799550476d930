#include "sermo/engine/model_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>
#include <utility>

#include "sermo/base/file.h"
#include "sermo/base/hash.h"
#include "sermo/base/parallel.h"
#include "sermo/base/utc_time.h"
#include "sermo/base/version.h"
#include "sermo/engine/assembled_vote.h"
#include "sermo/learn/usual_schemas.h"
#include "sermo/learn/votes.h"

namespace sermo::engine {
namespace {

namespace fs = std::filesystem;

bool is_model_file(const std::string& name) { return fs::path(name).extension() == ".onnx"; }

// What orders the models of a folder: the lower end of Wilson's 95 % interval of the accuracy on
// the training clips that were held out, so that a figure from a hundred clips does not beat a
// slightly lower one from a thousand. Last where nothing was measured.
double dependable_accuracy(const model::ManifestEntry& entry) {
  const auto accuracy = entry.calibration.find("held_out_accuracy");
  const auto clips = entry.calibration.find("held_out_clips");
  if (accuracy == entry.calibration.end() || clips == entry.calibration.end() ||
      !accuracy->is_number() || !clips->is_number()) {
    return -1.0;
  }
  constexpr double kZ = 1.96;
  const double p = accuracy->get<double>();
  const double n = std::max(1.0, clips->get<double>());
  const double spread = kZ * std::sqrt(p * (1.0 - p) / n + kZ * kZ / (4.0 * n * n));
  return (p + kZ * kZ / (2.0 * n) - spread) / (1.0 + kZ * kZ / n);
}

// Whether an earlier model was trained and tested on the same clips as the new ones. Manifests that
// do not say which clips theirs are were of one table.
bool same_clips(const model::Manifest& earlier, const model::ManifestEntry& entry,
                const model::Manifest& manifest) {
  if (entry.seed != manifest.models.front().seed) return false;  // another split
  if (!earlier.clips_fingerprint.empty())
    return earlier.clips_fingerprint == manifest.clips_fingerprint;
  return std::ranges::find(manifest.models, entry.table_fingerprint,
                           &model::ManifestEntry::table_fingerprint) != manifest.models.end();
}

// The default model answers first, decided beforehand and not by figures: accuracy on training
// clips, whose speakers are all known, favours models that remember voices.
bool is_default(const model::ManifestEntry& entry) {
  return entry.name == learn::kDefaultModel &&
         entry.schema_id.starts_with(std::string(learn::kVoiceSchema) + "/");
}

// Models that an earlier run left in this folder and that belong with the new ones.
void keep_earlier_models(const fs::path& folder, model::Manifest& manifest) {
  const Result<model::Manifest> earlier = model::read_manifest(folder);
  if (!earlier || earlier->labels != manifest.labels ||
      earlier->dataset.name != manifest.dataset.name) {
    return;
  }
  std::vector<model::ManifestEntry> kept;
  for (const model::ManifestEntry& entry : earlier->models) {
    const bool replaced = std::ranges::find(manifest.models, entry.name,
                                            &model::ManifestEntry::name) != manifest.models.end();
    if (!replaced && same_clips(*earlier, entry, manifest) &&
        model::read_model(folder, *earlier, entry)) {
      kept.push_back(entry);
    }
  }
  std::ranges::move(kept, std::back_inserter(manifest.models));
}

// What a vote was made of, all written before it; nothing for other models.
std::vector<model::MemberFile> member_files(const nlohmann::json& hyperparameters,
                                            const model::Manifest& written) {
  std::vector<model::MemberFile> files;
  const auto names = hyperparameters.find("members");
  if (names == hyperparameters.end()) return files;
  for (const std::string& name : names->get<std::vector<std::string>>()) {
    const auto member = std::ranges::find(written.models, name, &model::ManifestEntry::name);
    if (member == written.models.end()) return {};
    files.push_back({name, member->sha256});
  }
  return files;
}

// One model to load: an entry of the manifest, or a file of its own.
struct Wanted {
  const model::ManifestEntry* entry = nullptr;
  fs::path file;
  bool operator==(const Wanted&) const = default;
};

Result<std::vector<Wanted>> resolve(const model::Manifest& manifest,
                                    const std::vector<std::string>& names) {
  std::vector<Wanted> wanted;
  for (const std::string& name : names) {
    if (is_model_file(name)) {
      wanted.push_back({nullptr, name});
      continue;
    }
    if (name == "all") {
      for (const model::ManifestEntry& entry : manifest.models) wanted.push_back({&entry, {}});
      continue;
    }
    const auto entry = std::ranges::find(manifest.models, name, &model::ManifestEntry::name);
    if (entry == manifest.models.end()) {
      std::vector<std::string> known;
      for (const model::ManifestEntry& e : manifest.models) known.push_back(e.name);
      return fail(ErrorCode::kNotFound,
                  fmt::format("no model named {}, there are: {}", name, fmt::join(known, ", ")));
    }
    wanted.push_back({&*entry, {}});
  }
  return wanted;
}

// Reads every file once, and a vote's not at all where its members will do.
class Loader {
 public:
  Loader(const fs::path& folder, const model::Manifest& manifest)
      : folder_(folder), manifest_(manifest) {}

  void want(const Wanted& wanted) {
    const auto members = members_of(wanted);
    if (members.empty()) add(wanted);
    for (const model::ManifestEntry* member : members) add({member, {}});
  }

  // The largest first, so that no thread is left alone with one at the end. The first failure in
  // the order of wishes is the result.
  Result<void> read(int num_threads) {
    std::vector<size_t> order(files_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater{}, [&](size_t i) {
      return files_[i].wanted.entry == nullptr ? 0 : files_[i].wanted.entry->bytes;
    });
    std::vector<std::optional<Error>> errors(files_.size());
    parallel_for(order.size(), num_threads, [&](size_t at) {
      File& file = files_[order[at]];
      Result<model::Artifact> artifact =
          file.wanted.entry == nullptr ? model::read_artifact(file.wanted.file)
                                       : model::read_model(folder_, manifest_, *file.wanted.entry);
      if (artifact)
        file.model = std::make_shared<const model::Artifact>(std::move(*artifact));
      else
        errors[order[at]] = std::move(artifact.error());
    });
    for (std::optional<Error>& error : errors) {
      if (error) return fail(std::move(*error));
    }
    return {};
  }

  Result<Recognizer::Model> model(const Wanted& wanted) const {
    const auto members = members_of(wanted);
    if (members.empty()) return find(wanted)->model;
    std::vector<Recognizer::Model> models;
    for (const model::ManifestEntry* member : members) models.push_back(find({member, {}})->model);
    SERMO_TRY(model::Artifact vote, assemble_vote(manifest_, *wanted.entry, models));
    return std::make_shared<const model::Artifact>(std::move(vote));
  }

 private:
  struct File {
    Wanted wanted;
    Recognizer::Model model;
  };

  std::vector<const model::ManifestEntry*> members_of(const Wanted& wanted) const {
    if (wanted.entry == nullptr) return {};
    return members_in(manifest_, *wanted.entry);
  }
  std::vector<File>::const_iterator find(const Wanted& wanted) const {
    return std::ranges::find(files_, wanted, &File::wanted);
  }
  void add(const Wanted& wanted) {
    if (find(wanted) == files_.end()) files_.push_back({wanted, nullptr});
  }

  const fs::path& folder_;
  const model::Manifest& manifest_;
  std::vector<File> files_;
};

}  // namespace

Result<model::Manifest> write_model_folder(const fs::path& folder, const TrainingReport& report) {
  model::Manifest manifest;
  manifest.sermo_version = version();
  manifest.created = now_utc();
  manifest.labels = report.labels;
  manifest.clips_fingerprint = report.clips_fingerprint;
  for (const TrainedModel& trained : report.models) {
    const model::Metadata& metadata = trained.artifact.metadata;
    const model::Signature& signature = trained.artifact.classifier->signature();
    manifest.dataset = metadata.dataset;
    SERMO_TRY(const std::string bytes, model::serialise(trained.artifact));
    model::ManifestEntry entry;
    entry.name = metadata.name;
    entry.title = metadata.title;
    entry.family = trained.artifact.classifier->family();
    entry.schema_id = signature.schema_id;
    entry.table_fingerprint = metadata.dataset.fingerprint;
    entry.file = metadata.name + ".onnx";
    entry.sha256 = sha256_hex(std::as_bytes(std::span(bytes)));
    entry.bytes = bytes.size();
    entry.protocol = metadata.protocol;
    entry.seed = metadata.seed;
    entry.hyperparameters = metadata.hyperparameters;
    entry.fit_seconds = trained.fit_seconds;
    entry.training = metadata.training;
    entry.test = metadata.metrics.at("test");
    entry.uar_speaker_independent =
        metadata.metrics.value("uar_speaker_independent", nlohmann::json());
    entry.enrolled = metadata.metrics.value("enrolled", nlohmann::json());
    entry.calibration = metadata.calibration;
    entry.members = member_files(metadata.hyperparameters, manifest);
    SERMO_TRY_VOID(write_file_atomically(folder / entry.file, bytes));
    if (!trained.log.empty()) {
      std::string lines;
      for (const nlohmann::json& epoch : trained.log) lines += epoch.dump() + "\n";
      SERMO_TRY_VOID(write_file_atomically(folder / (metadata.name + ".log.jsonl"), lines));
    }
    manifest.models.push_back(std::move(entry));
  }
  keep_earlier_models(folder, manifest);
  std::ranges::stable_sort(manifest.models, std::ranges::greater{},
                           [](const model::ManifestEntry& entry) {
                             return std::pair(is_default(entry), dependable_accuracy(entry));
                           });
  manifest.schema_id = manifest.models.front().schema_id;
  manifest.dataset = model::dataset_of(manifest, manifest.models.front());
  SERMO_TRY_VOID(model::write_manifest(folder, manifest));
  return manifest;
}

Result<std::shared_ptr<const Recognizer>> load_recognizer(const fs::path& folder,
                                                          const std::vector<std::string>& names,
                                                          int num_threads) {
  model::Manifest manifest;
  if (names.empty() || !std::ranges::all_of(names, is_model_file)) {
    SERMO_TRY(manifest, model::read_manifest(folder));
  }
  return load_recognizer(folder, manifest, names, num_threads);
}

Result<std::shared_ptr<const Recognizer>> load_recognizer(const fs::path& folder,
                                                          const model::Manifest& manifest,
                                                          const std::vector<std::string>& names,
                                                          int num_threads) {
  const bool asks_folder = names.empty() || !std::ranges::all_of(names, is_model_file);
  if (asks_folder && manifest.models.empty())
    return fail(ErrorCode::kNotFound, folder.string() + ": the manifest lists no models");
  SERMO_TRY(const std::vector<Wanted> wanted,
            resolve(manifest, names.empty() ? std::vector<std::string>{manifest.models.front().name}
                                            : names));
  Loader loader(folder, manifest);
  for (const Wanted& one : wanted) loader.want(one);
  SERMO_TRY_VOID(loader.read(num_threads));
  std::vector<Recognizer::Model> models;
  for (const Wanted& one : wanted) {
    SERMO_TRY(Recognizer::Model model, loader.model(one));
    models.push_back(std::move(model));
  }
  return Recognizer::create(std::move(models));
}

}  // namespace sermo::engine
