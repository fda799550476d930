// Whole files in and out, the safe way.
//
// Reading checks the size against a limit before memory is taken. Writing goes to a new file beside
// the target, which is renamed over it when complete: whoever reads meanwhile sees the old file or
// the new one, never half of one, and a failure leaves the old one whole. Thread rule: functions
// are pure but for the file system; two writers of one path each leave a whole file.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"

namespace sermo {

inline constexpr size_t kDefaultMaxFileBytes = size_t{2} << 30;

// The bytes of a regular file. kNotFound, kNotReadable (folders too), kTooLarge beyond `max_bytes`.
Result<std::vector<std::byte>> read_file(const std::filesystem::path& path,
                                         size_t max_bytes = kDefaultMaxFileBytes);
Result<std::string> read_text_file(const std::filesystem::path& path,
                                   size_t max_bytes = kDefaultMaxFileBytes);

// Replaces `path` by these bytes, atomically; makes missing parent folders. kNotWritable.
Result<void> write_file_atomically(const std::filesystem::path& path,
                                   std::span<const std::byte> bytes);
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view text);

// The same for writers that need a path of their own (zip): `write` fills the temporary file it is
// given.
Result<void> write_file_atomically(
    const std::filesystem::path& path,
    const std::function<Result<void>(const std::filesystem::path&)>& write);

}  // namespace sermo
