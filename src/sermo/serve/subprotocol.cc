#include "sermo/serve/subprotocol.h"

#include <span>

#include "sermo/serve/base64url.h"
#include "sermo/serve/negotiation.h"

namespace sermo::serve {
bool offers_live(std::string_view subprotocols) {
  while (!subprotocols.empty()) {
    if (take_list_item(subprotocols) == kLiveSubprotocol) return true;
  }
  return false;
}

std::string token_subprotocol(std::string_view token) {
  return "sermo.token." + base64url(std::as_bytes(std::span(token)));
}

}  // namespace sermo::serve
