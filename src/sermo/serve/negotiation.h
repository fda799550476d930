// Which form of an answer a client takes, and whether it has it already.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

namespace sermo::serve {

// Whether an Accept-Encoding field allows gzip (RFC 9110 12.5.3); an absent field does not.
bool accepts_gzip(std::string_view accept_encoding);

// Whether an If-None-Match field names this quoted tag, by weak comparison (RFC 9110 13.1.2).
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace sermo::serve
