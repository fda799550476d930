#include "sermo/serve/base64url.h"

#include <algorithm>
#include <cstdint>

namespace sermo::serve {
namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

}  // namespace

// Three bytes give four digits; one or two that are left give one more digit than they are bytes.
std::string base64url(std::span<const std::byte> bytes) {
  std::string text;
  text.reserve(bytes.size() / 3 * 4 + 4);
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const auto group = bytes.subspan(at, std::min<size_t>(3, bytes.size() - at));
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? std::to_integer<uint32_t>(group[i]) : 0U);
    for (size_t i = 0; i <= group.size(); ++i) text += kDigits[bits >> (18 - 6 * i) & 63U];
  }
  return text;
}

std::optional<std::vector<std::byte>> base64url_decoded(std::string_view text) {
  std::vector<std::byte> bytes;
  bytes.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  unsigned num_bits = 0;
  for (const char c : text) {
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6 | static_cast<uint32_t>(digit)) & 0xfffU;
    num_bits += 6;
    if (num_bits < 8) continue;
    num_bits -= 8;
    bytes.push_back(static_cast<std::byte>(bits >> num_bits & 0xffU));
  }
  if (num_bits == 6 || (bits & ((1U << num_bits) - 1U)) != 0) return std::nullopt;
  return bytes;
}

}  // namespace sermo::serve
