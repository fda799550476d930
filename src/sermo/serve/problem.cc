#include "sermo/serve/problem.h"

#include <nlohmann/json.hpp>
#include <string>

namespace sermo::serve {

std::string_view status_text(int status) {
  switch (status) {
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

Response problem(const Refusal& refusal, std::string_view detail) {
  const nlohmann::ordered_json json = {{"type", "about:blank"},
                                       {"title", status_text(refusal.status)},
                                       {"status", refusal.status},
                                       {"code", refusal.code},
                                       {"detail", detail}};
  return {.status = refusal.status,
          .content_type = "application/problem+json",
          .body = json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

Response problem(const Error& error) {
  const ErrorTraits traits = error_traits(error.code);
  // What went wrong inside is for the log, not for whoever asks.
  const bool ours = traits.http_status == 500;
  Response response =
      problem({traits.http_status, traits.name},
              ours ? "something went wrong in the service; its log says what" : error.message);
  if (ours) response.note = error.message;
  return response;
}

}  // namespace sermo::serve
