// One file to its features and those of its degraded copies, under several schemas: read once,
// decoded once and only where the cache does not know everything already.
//
// A copy is drawn by the hash of the file's bytes, so that renaming, other files, the schema and
// the number of threads change nothing. Thread rule: a FileExtractor belongs to one thread at a
// time; several may share caches.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/augment/degrader.h"
#include "sermo/augment/recipe.h"
#include "sermo/data/clip.h"
#include "sermo/data/feature_cache.h"
#include "sermo/features/extractor.h"

namespace sermo::data {

using Extractors = std::span<const std::shared_ptr<const features::Extractor>>;

// Which degraded copies are made of each recording; none by default.
struct CopyOptions {
  augment::Recipe recipe;
  uint64_t seed = 42;
  // One an extractor, at its rate; none at all: no babble.
  std::vector<std::shared_ptr<const augment::Talkers>> talkers;
};

using SchemaFeatures = std::vector<ClipFeatures>;  // one a schema

struct CopyFeatures {
  std::string condition;
  Result<SchemaFeatures> clip = fail(ErrorCode::kCancelled, "cancelled");
};

struct FileFeatures {
  Result<SchemaFeatures> clip = fail(ErrorCode::kCancelled, "cancelled");
  std::vector<CopyFeatures> copies;  // in the order of the recipe; none where `clip` failed
  bool is_cached = false;            // all of them
  std::optional<Error> cache_error;  // why the cache could not be written
};

class FileExtractor {
 public:
  // The caller keeps all of these alive; `caches` are one an extractor, or none.
  FileExtractor(Extractors extractors, const audio::DecodeOptions& decode,
                const CopyOptions& copies, std::span<const FeatureCache> caches);

  FileFeatures process(const std::filesystem::path& file);

 private:
  struct File;

  Result<SchemaFeatures> features_of(const std::optional<augment::Copy>& copy, File& file,
                                     FileFeatures& out);
  Result<ClipFeatures> extract(const std::optional<augment::Copy>& copy, size_t schema, File& file);
  std::string how(const augment::Copy& copy, size_t schema) const;

  const Extractors extractors_;
  const audio::DecodeOptions& decode_;
  const CopyOptions& copies_;
  const std::span<const FeatureCache> caches_;
  std::vector<std::unique_ptr<features::Workspace>> workspaces_;  // one a schema
  std::vector<augment::Degrader> degraders_;                      // likewise
  std::vector<float> degraded_;
};

}  // namespace sermo::data
