#include "sermo/base/utf8.h"

namespace sermo {
namespace {

constexpr char32_t kEscapeBase = 0xDC00;
constexpr char32_t kFirstEscape = 0xDC80;
constexpr char32_t kLastEscape = 0xDCFF;

unsigned byte_at(std::string_view text, size_t i) { return static_cast<unsigned char>(text[i]); }

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) {
    out += static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

}  // namespace

// The table of well-formed sequences: Unicode 15, section 3.9, table 3-7.
size_t utf8_sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  const unsigned second_low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  const unsigned second_high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (byte_at(text, 1) < second_low || byte_at(text, 1) > second_high) return 0;
  for (size_t i = 2; i < length; ++i)
    if (byte_at(text, i) < 0x80 || byte_at(text, i) > 0xBF) return 0;
  return length;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t length = utf8_sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::vector<char32_t> ucs4_from_utf8(std::string_view text) {
  std::vector<char32_t> characters;
  characters.reserve(text.size());
  while (!text.empty()) {
    const size_t length = utf8_sequence_length(text);
    const unsigned first = byte_at(text, 0);
    if (length == 0) {
      characters.push_back(kEscapeBase + first);
      text.remove_prefix(1);
      continue;
    }
    char32_t c = length == 1 ? first : first & (0x7FU >> length);
    for (size_t i = 1; i < length; ++i) c = (c << 6) | (byte_at(text, i) & 0x3F);
    characters.push_back(c);
    text.remove_prefix(length);
  }
  return characters;
}

std::optional<std::string> utf8_from_ucs4(std::span<const char32_t> characters) {
  std::string text;
  text.reserve(characters.size());
  for (const char32_t c : characters) {
    if (c >= kFirstEscape && c <= kLastEscape) {
      text += static_cast<char>(static_cast<unsigned char>(c - kEscapeBase));
    } else if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) {
      return std::nullopt;
    } else {
      append_utf8(text, c);
    }
  }
  return text;
}

std::string printable_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const size_t length = utf8_sequence_length(text);
    if (length == 0) {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out;
}

}  // namespace sermo
