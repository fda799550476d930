#include "sermo/data/build_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "sermo/base/file.h"
#include "sermo/base/hash.h"
#include "sermo/base/parallel.h"
#include "sermo/data/clip.h"
#include "sermo/data/feature_cache.h"

namespace sermo::data {
namespace {

// A file that will be a row, if it can be read.
struct Candidate {
  ScannedFile file;
  ClipLabel label;
};

// What became of a candidate. Each is written by one thread and read when all are done.
struct Outcome {
  Result<std::vector<ClipFeatures>> clip = fail(ErrorCode::kCancelled, "cancelled");  // [schemas]
  bool is_cached = false;
};

using Workspaces = std::vector<std::unique_ptr<features::Workspace>>;

std::string names_of(std::span<const Labeller> labellers) {
  std::string names;
  for (const Labeller& labeller : labellers) names += (names.empty() ? "" : ", ") + labeller.name;
  return names.empty() ? "no labels were given" : names;
}

std::vector<Candidate> choose(std::vector<ScannedFile> files, const BuildOptions& options,
                              std::vector<SkippedFile>& skipped) {
  std::vector<Candidate> candidates;
  candidates.reserve(files.size());
  const std::string reason = fmt::format("no label ({})", names_of(options.labellers));
  for (ScannedFile& file : files) {
    ClipLabel label = label_path(options.labellers, file.name).value_or(ClipLabel{});
    if (label.label.empty() && options.unlabelled == Unlabelled::kSkip)
      skipped.push_back({std::move(file.name), reason});
    else
      candidates.push_back({std::move(file), std::move(label)});
  }
  std::stable_sort(skipped.begin(), skipped.end(), [](const SkippedFile& a, const SkippedFile& b) {
    return sorts_before(a.name, b.name);
  });
  return candidates;
}

// The name is given beside the error, so the message need not begin with the path.
Error without_path(Error error, const std::filesystem::path& path) {
  const std::string prefix = path.string() + ": ";
  if (error.message.starts_with(prefix)) error.message.erase(0, prefix.size());
  return error;
}

// Does the work of all candidates on some threads.
class Extraction {
 public:
  Extraction(std::span<const Candidate> candidates, Extractors extractors,
             const BuildOptions& options)
      : candidates_(candidates),
        extractors_(extractors),
        options_(options),
        outcomes_(candidates.size()) {
    for (const auto& extractor : extractors) {
      if (options.cache_folder)
        caches_.emplace_back(*options.cache_folder, *extractor, options.decode);
    }
    progress_.num_total = candidates.size();
  }

  void run() {
    const auto num_threads = static_cast<size_t>(std::max(options_.num_threads, 1));
    const size_t num_workers = std::min(num_threads, candidates_.size());
    // A turn is a thread's whole work, so that each has one workspace a schema.
    parallel_for(num_workers, static_cast<int>(num_workers), [this](size_t) { work(); });
  }

  // Whether every file was looked at before someone asked to stop.
  bool is_complete() const { return progress_.num_done == progress_.num_total; }
  std::vector<Outcome> take_outcomes() { return std::move(outcomes_); }
  std::optional<Error> take_cache_error() { return std::move(cache_error_); }

 private:
  void work() {
    Workspaces workspaces;
    for (const auto& extractor : extractors_) workspaces.push_back(extractor->make_workspace());
    while (!options_.cancel.stop_requested()) {
      const size_t i = next_.fetch_add(1);
      if (i >= candidates_.size()) return;
      outcomes_[i] = process(candidates_[i], workspaces);
      report(outcomes_[i]);
    }
  }

  Outcome process(const Candidate& candidate, Workspaces& workspaces) {
    const Result<std::vector<std::byte>> bytes = read_file(candidate.file.path);
    if (!bytes) return {fail(without_path(bytes.error(), candidate.file.path)), false};
    std::optional<audio::DecodedAudio> audio;  // not needed where the cache has every schema
    std::vector<ClipFeatures> clips;
    for (size_t s = 0; s < extractors_.size(); ++s) {
      const std::string key = caches_.empty() ? std::string() : caches_[s].key_of(*bytes);
      if (std::optional<ClipFeatures> found = find(s, key)) {
        clips.push_back(std::move(*found));
        continue;
      }
      if (!audio) {
        Result<audio::DecodedAudio> decoded = audio::decode_bytes(*bytes, options_.decode);
        if (!decoded) return {fail(std::move(decoded.error())), false};
        audio = std::move(*decoded);
      }
      Result<ClipFeatures> clip = extract_clip(*audio, *extractors_[s], *workspaces[s]);
      if (!clip) return {fail(std::move(clip.error())), false};
      store(s, key, *clip);
      clips.push_back(std::move(*clip));
    }
    return {std::move(clips), !audio.has_value()};
  }

  std::optional<ClipFeatures> find(size_t schema, const std::string& key) const {
    return caches_.empty() ? std::nullopt : caches_[schema].find(key);
  }

  void store(size_t schema, const std::string& key, const ClipFeatures& clip) {
    if (caches_.empty()) return;
    Result<void> stored = caches_[schema].store(key, clip);
    if (stored) return;
    const std::lock_guard lock(mutex_);
    if (!cache_error_) cache_error_ = std::move(stored.error());
  }

  void report(const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    ++progress_.num_done;
    if (outcome.is_cached) ++progress_.num_cached;
    if (!outcome.clip) ++progress_.num_failed;
    if (options_.progress) options_.progress(progress_);
  }

  std::span<const Candidate> candidates_;
  const Extractors extractors_;
  const BuildOptions& options_;
  std::vector<FeatureCache> caches_;  // one a schema, or none
  std::vector<Outcome> outcomes_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;  // guards the two below
  BuildProgress progress_;
  std::optional<Error> cache_error_;
};

std::vector<std::vector<std::string>> groups_of_equal(std::span<const std::string> paths,
                                                      std::span<const std::string> hashes) {
  std::map<std::string_view, std::vector<std::string>> by_hash;
  std::vector<std::string_view> order;  // hashes as they first appear
  for (size_t i = 0; i < paths.size(); ++i) {
    std::vector<std::string>& group = by_hash[hashes[i]];
    if (group.empty()) order.push_back(hashes[i]);
    group.push_back(paths[i]);
  }
  std::vector<std::vector<std::string>> groups;
  for (const std::string_view hash : order)
    if (by_hash[hash].size() > 1) groups.push_back(std::move(by_hash[hash]));
  return groups;
}

}  // namespace

Result<BuiltTables> build_tables(std::span<const std::filesystem::path> roots,
                                 Extractors extractors, const BuildOptions& options) {
  Scan found = scan(roots);
  BuiltTables built;
  built.failures = std::move(found.failures);
  built.skipped = std::move(found.skipped);
  std::vector<Candidate> candidates = choose(std::move(found.files), options, built.skipped);

  Extraction extraction(candidates, extractors, options);
  extraction.run();
  if (!extraction.is_complete()) return fail(ErrorCode::kCancelled, "cancelled");
  built.cache_error = extraction.take_cache_error();

  std::vector<std::vector<float>> values(extractors.size());
  for (size_t s = 0; s < extractors.size(); ++s)
    values[s].reserve(candidates.size() * extractors[s]->schema().num_features());
  Table clips;  // what the tables have in common
  std::vector<std::string> hashes;
  std::vector<Outcome> outcomes = extraction.take_outcomes();
  for (size_t i = 0; i < candidates.size(); ++i) {
    std::string& name = candidates[i].file.name;
    if (!outcomes[i].clip) {
      built.failures.push_back({std::move(name), std::move(outcomes[i].clip.error())});
      continue;
    }
    std::vector<ClipFeatures>& clip = *outcomes[i].clip;
    for (size_t s = 0; s < extractors.size(); ++s)
      values[s].insert(values[s].end(), clip[s].values.begin(), clip[s].values.end());
    ClipFeatures& first = clip.front();
    hashes.push_back(std::move(first.samples_hash));
    if (!first.warnings.empty()) built.warnings.push_back({name, std::move(first.warnings)});
    if (outcomes[i].is_cached) ++built.num_cached;
    clips.paths.push_back(std::move(name));
    clips.labels.push_back(std::move(candidates[i].label.label));
    clips.speakers.push_back(candidates[i].label.speaker);
  }
  built.duplicates = groups_of_equal(clips.paths, hashes);
  for (size_t s = 0; s < extractors.size(); ++s) {
    Table table = clips;
    table.schema = extractors[s]->schema();
    table.features =
        Matrix(std::move(values[s]), clips.paths.size(), table.schema.num_features());
    built.tables.push_back(std::move(table));
  }
  return built;
}

}  // namespace sermo::data
