// Features of clips kept between runs, by content: the key is a hash of the file's bytes and of
// everything else that decides the result (schema with all its parameters, sample rate, decoder and
// its options). Renamed or copied files are hits; changing one parameter is a miss; nothing can be
// stale. Labels are not kept: they follow from names, not from sound.
//
// One small file a clip in `folder`, in 256 subfolders, written atomically, so that processes may
// share a cache and be killed at any time. Each entry ends in a checksum over itself and its key:
// what is damaged, cut short, or lies under a wrong name is a miss and is written anew. The folder
// may be deleted at any time. Thread rule: const and safe from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/data/clip.h"
#include "sermo/features/extractor.h"

namespace sermo::data {

class FeatureCache {
 public:
  // Nothing is touched before the first store.
  FeatureCache(std::filesystem::path folder, const features::Extractor& extractor,
               const audio::DecodeOptions& options);

  // The key of a file with these bytes: 32 hexadecimal digits.
  std::string key_of(std::span<const std::byte> file_bytes) const;

  // The key of what was made from the file in a way that `how` says in full.
  static std::string key_of_copy(std::string_view key, std::string_view how);

  std::optional<ClipFeatures> find(const std::string& key) const;

  // kNotWritable. The caller goes on without: a cache is never needed.
  Result<void> store(const std::string& key, const ClipFeatures& clip) const;

  // Where the entry of a key lies.
  std::filesystem::path path_of(const std::string& key) const;

 private:
  std::filesystem::path folder_;
  std::string context_;  // hash of what decides the result besides the file's bytes
  size_t num_features_;
};

}  // namespace sermo::data
