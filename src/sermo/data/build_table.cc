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
  Result<ClipFeatures> clip = fail(ErrorCode::kCancelled, "cancelled");
  bool is_cached = false;
};

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
  Extraction(std::span<const Candidate> candidates, const features::Extractor& extractor,
             const BuildOptions& options)
      : candidates_(candidates),
        extractor_(extractor),
        options_(options),
        outcomes_(candidates.size()) {
    if (options.cache_folder) cache_.emplace(*options.cache_folder, extractor, options.decode);
    progress_.num_total = candidates.size();
  }

  void run() {
    const auto num_threads = static_cast<size_t>(std::max(options_.num_threads, 1));
    const size_t num_workers = std::min(num_threads, candidates_.size());
    // A turn is a thread's whole work, so that each has one workspace.
    parallel_for(num_workers, static_cast<int>(num_workers), [this](size_t) { work(); });
  }

  // Whether every file was looked at before someone asked to stop.
  bool is_complete() const { return progress_.num_done == progress_.num_total; }
  std::vector<Outcome> take_outcomes() { return std::move(outcomes_); }
  std::optional<Error> take_cache_error() { return std::move(cache_error_); }

 private:
  void work() {
    const std::unique_ptr<features::Workspace> workspace = extractor_.make_workspace();
    while (!options_.cancel.stop_requested()) {
      const size_t i = next_.fetch_add(1);
      if (i >= candidates_.size()) return;
      outcomes_[i] = process(candidates_[i], *workspace);
      report(outcomes_[i]);
    }
  }

  Outcome process(const Candidate& candidate, features::Workspace& workspace) {
    const Result<std::vector<std::byte>> bytes = read_file(candidate.file.path);
    if (!bytes) return {fail(without_path(bytes.error(), candidate.file.path)), false};
    const std::string key = cache_ ? cache_->key_of(*bytes) : std::string();
    if (cache_) {
      if (std::optional<ClipFeatures> found = cache_->find(key)) return {std::move(*found), true};
    }
    Result<ClipFeatures> clip = extract_clip(*bytes, extractor_, workspace, options_.decode);
    if (clip && cache_) {
      Result<void> stored = cache_->store(key, *clip);
      if (!stored) {
        const std::lock_guard lock(mutex_);
        if (!cache_error_) cache_error_ = std::move(stored.error());
      }
    }
    return {std::move(clip), false};
  }

  void report(const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    ++progress_.num_done;
    if (outcome.is_cached) ++progress_.num_cached;
    if (!outcome.clip) ++progress_.num_failed;
    if (options_.progress) options_.progress(progress_);
  }

  std::span<const Candidate> candidates_;
  const features::Extractor& extractor_;
  const BuildOptions& options_;
  std::optional<FeatureCache> cache_;
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

Result<BuiltTable> build_table(std::span<const std::filesystem::path> roots,
                               const features::Extractor& extractor, const BuildOptions& options) {
  Scan found = scan(roots);
  BuiltTable built;
  built.failures = std::move(found.failures);
  built.skipped = std::move(found.skipped);
  std::vector<Candidate> candidates = choose(std::move(found.files), options, built.skipped);

  Extraction extraction(candidates, extractor, options);
  extraction.run();
  if (!extraction.is_complete()) return fail(ErrorCode::kCancelled, "cancelled");
  built.cache_error = extraction.take_cache_error();

  const size_t num_features = extractor.schema().num_features();
  std::vector<float> values;
  values.reserve(candidates.size() * num_features);
  std::vector<std::string> hashes;
  std::vector<Outcome> outcomes = extraction.take_outcomes();
  for (size_t i = 0; i < candidates.size(); ++i) {
    std::string& name = candidates[i].file.name;
    if (!outcomes[i].clip) {
      built.failures.push_back({std::move(name), std::move(outcomes[i].clip.error())});
      continue;
    }
    ClipFeatures& clip = *outcomes[i].clip;
    values.insert(values.end(), clip.values.begin(), clip.values.end());
    hashes.push_back(std::move(clip.samples_hash));
    if (!clip.warnings.empty()) built.warnings.push_back({name, std::move(clip.warnings)});
    if (outcomes[i].is_cached) ++built.num_cached;
    built.table.paths.push_back(std::move(name));
    built.table.labels.push_back(std::move(candidates[i].label.label));
    built.table.speakers.push_back(candidates[i].label.speaker);
  }
  built.table.features = Matrix(std::move(values), built.table.paths.size(), num_features);
  built.table.schema = extractor.schema();
  built.duplicates = groups_of_equal(built.table.paths, hashes);
  return built;
}

}  // namespace sermo::data
