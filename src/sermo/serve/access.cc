#include "sermo/serve/access.h"

#include <algorithm>

#include "sermo/serve/negotiation.h"
#include "sermo/serve/subprotocol.h"

namespace sermo::serve {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

bool has_header(const Response& response, std::string_view name) {
  return std::ranges::any_of(response.headers,
                             [&](const Header& h) { return equal_ignoring_case(h.name, name); });
}

void add_if_absent(Response& response, std::string_view name, std::string_view value) {
  if (!has_header(response, name)) response.add(std::string(name), std::string(value));
}

// In a time that depends on the length of what is given alone.
bool is_same_secret(std::string_view given, std::string_view secret) {
  unsigned difference = given.size() == secret.size() ? 0 : 1;
  for (size_t i = 0; i < given.size(); ++i)
    difference |= static_cast<unsigned char>(given[i] ^ secret[i % secret.size()]);
  return difference == 0;
}

bool is_of(std::string_view cors_origin, const RequestHead& head) {
  return !cors_origin.empty() && head.origin == cors_origin;
}

}  // namespace

bool has_token(std::string_view token, std::string_view authorization) {
  if (token.empty()) return true;
  constexpr std::string_view kScheme = "bearer ";
  if (!equal_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) return false;
  std::string_view given = authorization.substr(kScheme.size());
  given.remove_prefix(std::min(given.find_first_not_of(' '), given.size()));
  return is_same_secret(given, token);
}

bool has_stream_token(std::string_view token, std::string_view subprotocols) {
  if (token.empty()) return true;
  if (!offers_live(subprotocols)) return false;  // what would be left to answer with is the token
  const std::string wanted = token_subprotocol(token);
  while (!subprotocols.empty()) {
    if (is_same_secret(take_list_item(subprotocols), wanted)) return true;
  }
  return false;
}

bool is_cors_preflight(std::string_view cors_origin, const RequestHead& head) {
  return is_of(cors_origin, head) && !head.preflight_method.empty();
}

Response preflight_answer(std::string_view allowed_methods) {
  Response response{.status = 204};
  response.add("Access-Control-Allow-Methods", std::string(allowed_methods));
  response.add("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Request-Id");
  response.add("Access-Control-Max-Age", "600");
  return response;
}

void add_cors_headers(std::string_view cors_origin, const RequestHead& head, Response& response) {
  if (cors_origin.empty()) return;
  response.add("Vary", "Origin");
  if (!is_of(cors_origin, head)) return;
  response.add("Access-Control-Allow-Origin", std::string(cors_origin));
  response.add("Access-Control-Expose-Headers", "Retry-After, X-Request-Id");
}

bool is_trusted_origin(std::string_view cors_origin, const RequestHead& head) {
  if (head.origin.empty() || is_of(cors_origin, head)) return true;
  const size_t scheme_end = head.origin.find("://");
  return scheme_end != std::string::npos &&
         equal_ignoring_case(std::string_view(head.origin).substr(scheme_end + 3), head.host);
}

void add_security_headers(Response& response) {
  add_if_absent(response, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  add_if_absent(response, "X-Content-Type-Options", "nosniff");
  add_if_absent(response, "X-Frame-Options", "DENY");
  add_if_absent(response, "Referrer-Policy", "no-referrer");
  add_if_absent(response, "Cross-Origin-Opener-Policy", "same-origin");
  add_if_absent(response, "Cross-Origin-Resource-Policy", "same-origin");
  add_if_absent(response, "Permissions-Policy", "microphone=(self), camera=(), geolocation=()");
  add_if_absent(response, "Cache-Control", "no-store");
}

}  // namespace sermo::serve
