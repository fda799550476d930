// Who may call, and what browsers are told about it: bearer token, other sites, security headers.
//
// Thread rule: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "sermo/serve/message.h"

namespace sermo::serve {

// Whether an Authorization field carries `token`; always where no token is asked for. The time it
// takes does not tell how much of a wrong token was right.
bool has_token(std::string_view token, std::string_view authorization);
// The same of the subprotocols that a stream's client offers; see subprotocol.h.
bool has_stream_token(std::string_view token, std::string_view subprotocols);

// Whether a browser asks if pages of `cors_origin` may send this request (Fetch, "CORS-preflight").
bool is_cors_preflight(std::string_view cors_origin, const RequestHead& head);
Response preflight_answer(std::string_view allowed_methods);
// Lets pages of `cors_origin` read the answer; nothing where it is empty or another site asks.
void add_cors_headers(std::string_view cors_origin, const RequestHead& head, Response& response);

// Whether a WebSocket may be opened: browsers let any page open one, so the page must be ours
// (`Origin` names the host that was called) or of `cors_origin`. Programs send no Origin.
bool is_trusted_origin(std::string_view cors_origin, const RequestHead& head);

// Content-Security-Policy and its like, and no caching, where the answer has no such header of its
// own.
void add_security_headers(Response& response);

}  // namespace sermo::serve
