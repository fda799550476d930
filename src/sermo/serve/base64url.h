// Bytes as text in base64url without padding (RFC 4648 5).
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sermo::serve {

std::string base64url(std::span<const std::byte> bytes);

// Nothing for any text that base64url does not write: padding, other digits, bits left over.
std::optional<std::vector<std::byte>> base64url_decoded(std::string_view text);

}  // namespace sermo::serve
