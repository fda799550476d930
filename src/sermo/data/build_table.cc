#include "sermo/data/build_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

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
  std::vector<FileFeatures> take_outcomes() { return std::move(outcomes_); }
  std::optional<Error> take_cache_error() { return std::move(cache_error_); }

 private:
  void work() {
    FileExtractor files(extractors_, options_.decode, options_.copies, caches_);
    while (!options_.cancel.stop_requested()) {
      const size_t i = next_.fetch_add(1);
      if (i >= candidates_.size()) return;
      outcomes_[i] = files.process(candidates_[i].file.path);  // read when all are done
      report(outcomes_[i]);
    }
  }

  void report(FileFeatures& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome.cache_error && !cache_error_) cache_error_ = std::move(outcome.cache_error);
    ++progress_.num_done;
    if (outcome.is_cached) ++progress_.num_cached;
    if (!outcome.clip) ++progress_.num_failed;
    if (options_.progress) options_.progress(progress_);
  }

  std::span<const Candidate> candidates_;
  const Extractors extractors_;
  const BuildOptions& options_;
  std::vector<FeatureCache> caches_;  // one a schema, or none
  std::vector<FileFeatures> outcomes_;
  std::atomic<size_t> next_{0};
  std::mutex mutex_;  // guards the two below
  BuildProgress progress_;
  std::optional<Error> cache_error_;
};

// A table that grows row by row.
class TableRows {
 public:
  // `condition` is empty for a recording as it is.
  void add(const Candidate& candidate, const std::string& condition,
           std::span<const float> values) {
    values_.insert(values_.end(), values.begin(), values.end());
    table_.paths.push_back(candidate.file.name);
    table_.labels.push_back(candidate.label.label);
    table_.speakers.push_back(candidate.label.speaker);
    table_.conditions.push_back(condition);
  }

  const std::vector<std::string>& paths() const { return table_.paths; }

  Table finish(const features::Schema& schema) {
    if (table_.num_copies() == 0) table_.conditions.clear();
    table_.schema = schema;
    table_.features = Matrix(std::move(values_), table_.paths.size(), schema.num_features());
    return std::move(table_);
  }

 private:
  Table table_;
  std::vector<float> values_;
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

  std::vector<TableRows> rows(extractors.size());
  std::vector<std::string> hashes;
  std::vector<FileFeatures> outcomes = extraction.take_outcomes();
  for (size_t i = 0; i < candidates.size(); ++i) {
    const std::string& name = candidates[i].file.name;
    built.num_decodes += outcomes[i].num_decodes;
    if (!outcomes[i].clip) {
      built.failures.push_back({name, std::move(outcomes[i].clip.error())});
      continue;
    }
    SchemaFeatures& clip = *outcomes[i].clip;
    for (size_t s = 0; s < rows.size(); ++s) rows[s].add(candidates[i], "", clip[s].values);
    hashes.push_back(std::move(clip.front().samples_hash));
    if (!clip.front().warnings.empty())
      built.warnings.push_back({name, std::move(clip.front().warnings)});
    if (outcomes[i].is_cached) ++built.num_cached;
  }
  built.duplicates = groups_of_equal(rows.front().paths(), hashes);
  for (size_t i = 0; i < candidates.size(); ++i) {
    for (size_t s = 0; s < outcomes[i].copies.size(); ++s) {
      for (auto& [condition, copy] : outcomes[i].copies[s]) {
        if (copy) {
          rows[s].add(candidates[i], condition, copy->values);
        } else {
          built.failures.push_back({fmt::format("{} ({})", candidates[i].file.name, condition),
                                    std::move(copy.error())});
        }
      }
    }
  }
  for (size_t s = 0; s < rows.size(); ++s)
    built.tables.push_back(rows[s].finish(extractors[s]->schema()));
  return built;
}

}  // namespace sermo::data
