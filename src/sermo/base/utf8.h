// Between UTF-8 and code points, without losing file names that are no UTF-8.
//
// A byte that belongs to no valid UTF-8 sequence becomes the code point U+DC00 + byte (U+DC80 to
// U+DCFF) and back, as Python's "surrogateescape" error handler (PEP 383) does. Overlong forms,
// surrogates and code points beyond U+10FFFF are no valid sequences. Thread rule: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sermo {

// The length in bytes (1 to 4) of the valid UTF-8 sequence at the start of `text`; 0 if there is
// none.
size_t utf8_sequence_length(std::string_view text);

bool is_utf8(std::string_view text);

std::vector<char32_t> ucs4_from_utf8(std::string_view text);

// Nothing where a code point is beyond U+10FFFF or a surrogate that escapes no byte.
std::optional<std::string> utf8_from_ucs4(std::span<const char32_t> characters);

// Text for people and JSON: bytes that are no UTF-8 become U+FFFD.
std::string printable_utf8(std::string_view text);

}  // namespace sermo
