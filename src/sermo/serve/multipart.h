// The parts of a multipart/form-data body (RFC 7578), as views into it.
//
// Nothing is copied but the parts' names: the file of an upload stays where it arrived. Failures
// are kUsage: no boundary, a boundary that never comes, a part without a name or with too long a
// head, no end, too many parts. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::serve {

inline constexpr size_t kMaxParts = 32;
inline constexpr size_t kMaxPartHeadBytes = 8 * 1024;
inline constexpr size_t kMaxBoundaryBytes = 70;  // RFC 2046 5.1.1

struct Part {
  std::string name;                     // of the form's field
  std::optional<std::string> filename;  // as the client calls the file; never a path of ours
  std::span<const std::byte> bytes;
};

// `content_type` is the request's, with the boundary.
Result<std::vector<Part>> parse_multipart(std::string_view content_type,
                                          std::span<const std::byte> body);

}  // namespace sermo::serve
