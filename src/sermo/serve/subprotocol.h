// The subprotocols of live streams, as Sec-WebSocket-Protocol lists them (RFC 6455 4.1).
//
// A browser cannot set Authorization on a WebSocket, so a page offers two subprotocols:
// `sermo.live`, and `sermo.token.` with the token behind it in base64url without padding (RFC 4648
// 5). The service answers with the first alone: a token never comes back.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace sermo::serve {

inline constexpr std::string_view kLiveSubprotocol = "sermo.live";

// Whether `sermo.live` is among what is offered.
bool offers_live(std::string_view subprotocols);

// The subprotocol that carries `token`, which may be any bytes.
std::string token_subprotocol(std::string_view token);

}  // namespace sermo::serve
