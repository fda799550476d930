// Failures as answers: application/problem+json (RFC 9457) with a `code`.
//
// What the library may fail with has its code and status in base/error.h. What only HTTP knows
// (a wrong method, a slow client) has them here. Thread rule: pure functions.
#pragma once

#include <string_view>

#include "sermo/base/error.h"
#include "sermo/serve/message.h"

namespace sermo::serve {

// A refusal that is the protocol's own.
struct Refusal {
  int status;
  std::string_view code;
};

inline constexpr Refusal kMalformed = {400, "usage"};
inline constexpr Refusal kUnauthorized = {401, "unauthorized"};
inline constexpr Refusal kForbidden = {403, "forbidden"};
inline constexpr Refusal kNoSuchPage = {404, "not_found"};
inline constexpr Refusal kMethodNotAllowed = {405, "method_not_allowed"};
inline constexpr Refusal kTooSlow = {408, "timeout"};
inline constexpr Refusal kBodyTooLarge = {413, "too_large"};
inline constexpr Refusal kUnsupportedMediaType = {415, "unsupported_media_type"};
inline constexpr Refusal kUpgradeRequired = {426, "upgrade_required"};
inline constexpr Refusal kBusy = {429, "unavailable"};
inline constexpr Refusal kHeadTooLarge = {431, "too_large"};
inline constexpr Refusal kNotNow = {503, "unavailable"};

// The standard's words for a status, "Not Found"; empty for one that Sermo does not use.
std::string_view status_text(int status);

Response problem(const Refusal& refusal, std::string_view detail);
Response problem(const Error& error);

}  // namespace sermo::serve
