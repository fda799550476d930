// One file to its features and those of its degraded copies, under several schemas, each with a
// recipe of its own: read once, decoded once and only where the cache does not know everything
// already.
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
  std::vector<augment::Recipe> recipes;  // one an extractor; none at all: no copies
  uint64_t seed = 42;
  // One an extractor, at its rate, null where it needs none; none at all: no babble.
  std::vector<std::shared_ptr<const augment::Talkers>> talkers;
};

using SchemaFeatures = std::vector<ClipFeatures>;  // one a schema

struct CopyFeatures {
  std::string condition;
  Result<ClipFeatures> clip;
};

struct FileFeatures {
  // Fails where any schema does, saying which where there are several.
  Result<SchemaFeatures> clip = fail(ErrorCode::kCancelled, "cancelled");
  // One a schema, in the order of its recipe; none at all where `clip` failed. A copy that fails
  // under one schema may stand under another.
  std::vector<std::vector<CopyFeatures>> copies;
  bool is_cached = false;            // all of them
  size_t num_decodes = 0;            // none where all are cached, else one
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

  Result<ClipFeatures> features_of(const std::optional<augment::Copy>& copy, size_t schema,
                                   File& file, FileFeatures& out);
  Result<ClipFeatures> extract(const std::optional<augment::Copy>& copy, size_t schema, File& file);
  std::vector<CopyFeatures> copies_of(const std::string& content, size_t schema, File& file,
                                      FileFeatures& out);
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
