// Two hashes for two purposes.
//
// `sha256_hex`: the identity of artifacts in a manifest; anyone can check it with sha256sum.
// `ContentHash`: XXH3-128, for cache keys, duplicate detection and dataset fingerprints, at the
// speed of memory; it guards against mistakes, not against an adversary. Thread rule: functions are
// pure; a ContentHash object belongs to one thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sermo/base/result.h"

namespace sermo {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes);
Result<std::string> sha256_hex_of_file(const std::filesystem::path& path);

// Streaming XXH3-128: add pieces, read 32 hexadecimal digits. Chunking does not matter.
class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  ContentHash(ContentHash&&) noexcept;
  ContentHash& operator=(ContentHash&&) noexcept;

  ContentHash& add(std::span<const std::byte> bytes);
  ContentHash& add(std::string_view text) { return add(std::as_bytes(std::span(text))); }
  ContentHash& add(std::span<const float> values) { return add(std::as_bytes(values)); }
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sermo
