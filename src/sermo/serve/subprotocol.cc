#include "sermo/serve/subprotocol.h"

#include <cstdint>

#include "sermo/serve/negotiation.h"

namespace sermo::serve {
namespace {

// Three bytes give four digits; one or two that are left give one more digit than they are bytes.
std::string base64url(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    for (size_t i = 0; i <= group.size(); ++i) text += kDigits[bits >> (18 - 6 * i) & 63U];
  }
  return text;
}

}  // namespace

bool offers_live(std::string_view subprotocols) {
  while (!subprotocols.empty()) {
    if (take_list_item(subprotocols) == kLiveSubprotocol) return true;
  }
  return false;
}

std::string token_subprotocol(std::string_view token) { return "sermo.token." + base64url(token); }

}  // namespace sermo::serve
