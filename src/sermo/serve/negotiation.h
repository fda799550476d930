// Which form of an answer a client takes, and whether it has it already.
//
// Thread rule: pure functions.
#pragma once

#include <string_view>

namespace sermo::serve {

// The first item of a field that is a list (RFC 9110 5.6.1), without the space around it; `list`
// goes on behind its comma.
std::string_view take_list_item(std::string_view& list);

// Whether an Accept-Encoding field allows gzip (RFC 9110 12.5.3); an absent field does not.
bool accepts_gzip(std::string_view accept_encoding);

// Whether an If-None-Match field names this quoted tag, by weak comparison (RFC 9110 13.1.2).
bool names_etag(std::string_view if_none_match, std::string_view etag);

}  // namespace sermo::serve
