// Files and folders of audio -> feature tables, with everything that a user should hear about.
//
// Scan, read, hash, then look up in the cache or decode, resample and extract, the recording and
// the degraded copies that each schema's recipe asks for; several files at a time, each decoded
// once however many schemas and copies are wanted of it. The tables are the same, row for row and
// bit for bit, whatever the number of threads and whether the cache helped. A file that fails is
// listed and the others go on.
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
#include "sermo/data/file_features.h"
#include "sermo/data/labeller.h"
#include "sermo/data/scan.h"
#include "sermo/data/table.h"
#include "sermo/features/extractor.h"

namespace sermo::data {

struct BuildProgress {
  size_t num_done = 0;  // files, whether they succeeded or not
  size_t num_total = 0;
  size_t num_cached = 0;  // of those done, with all their copies
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
  CopyOptions copies;
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
  // One an extractor: the same recordings in scan order, behind them in the same order their copies
  // by the schema's recipe.
  std::vector<Table> tables;
  // Those of the scan, then files in order, then copies by the name of their file and what was done
  // to it.
  std::vector<FailedFile> failures;
  std::vector<SkippedFile> skipped;  // those of the scan and, if asked, files without a label
  std::vector<WarnedFile> warnings;
  // Paths of clips whose decoded samples are the same, each group in order, groups by their first.
  // All are in the tables; copies in training and test make results look better than they are.
  std::vector<std::vector<std::string>> duplicates;
  size_t num_cached = 0;             // recordings that came from the cache, with their copies
  size_t num_decodes = 0;            // of recordings: each at most once, for all schemas and copies
  std::optional<Error> cache_error;  // why the cache could not be written, the first time
};

// A clip that one of the extractors (at least one) cannot use is a failure and in none of the
// tables; a copy that one cannot use is missing in that one's table alone. kCancelled, and nothing
// else: no audio at all is an empty table, with the reasons in `failures` and `skipped`. Thread
// rule: may run side by side with others, on the same cache too.
Result<BuiltTables> build_tables(std::span<const std::filesystem::path> roots,
                                 Extractors extractors, const BuildOptions& options);

}  // namespace sermo::data
