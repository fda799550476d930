// Files and folders of audio -> feature tables, with everything that a user should hear about.
//
// Scan, read, hash, then look up in the cache or decode, resample and extract; several files at a
// time, each decoded once however many schemas are wanted of it. The tables are the same, row for
// row and bit for bit, whatever the number of threads and whether the cache helped. A file that
// fails is listed and the others go on.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/data/labeller.h"
#include "sermo/data/scan.h"
#include "sermo/data/table.h"
#include "sermo/features/extractor.h"

namespace sermo::data {

struct BuildProgress {
  size_t num_done = 0;  // files, whether they succeeded or not
  size_t num_total = 0;
  size_t num_cached = 0;  // of those done
  size_t num_failed = 0;  // of those done
};

enum class Unlabelled {
  kKeep,  // with an empty label: for extract and predict
  kSkip,  // listed as skipped, and not even read: for training
};

struct BuildOptions {
  std::vector<Labeller> labellers;  // asked in turn
  Unlabelled unlabelled = Unlabelled::kKeep;
  audio::DecodeOptions decode;
  std::optional<std::filesystem::path> cache_folder;  // no cache without
  int num_threads = 1;                                // at most this many files at a time
  std::stop_token cancel;                             // polled before each file
  // May be empty. Called after each file, from any thread, one call at a time.
  std::function<void(const BuildProgress&)> progress;
};

struct WarnedFile {
  std::string name;
  std::vector<std::string> warnings;  // of the decoder
};

struct BuiltTables {
  std::vector<Table> tables;         // one an extractor, all of the same clips in scan order
  std::vector<FailedFile> failures;  // those of the scan, then files in order
  std::vector<SkippedFile> skipped;  // those of the scan and, if asked, files without a label
  std::vector<WarnedFile> warnings;
  // Paths of clips whose decoded samples are the same, each group in order, groups by their first.
  // All are in the tables; copies in training and test make results look better than they are.
  std::vector<std::vector<std::string>> duplicates;
  size_t num_cached = 0;             // rows that came from the cache
  std::optional<Error> cache_error;  // why the cache could not be written, the first time
};

using Extractors = std::span<const std::shared_ptr<const features::Extractor>>;

// A clip that one of the extractors (at least one) cannot use is in none of the tables. kCancelled,
// and nothing else: no audio at all is an empty table, with the reasons in `failures` and
// `skipped`. Thread rule: may run side by side with others, on the same cache too.
Result<BuiltTables> build_tables(std::span<const std::filesystem::path> roots,
                                 Extractors extractors, const BuildOptions& options);

}  // namespace sermo::data
