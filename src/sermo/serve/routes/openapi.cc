// GET /openapi.json: this interface, described.
#include <nlohmann/json.hpp>

#include "sermo/serve/negotiation.h"
#include "sermo/serve/openapi_text.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {
namespace {

using nlohmann::ordered_json;

// With a token to be sent, which only some services ask for.
std::string with_security(std::string_view text) {
  ordered_json api = ordered_json::parse(text);
  ordered_json& schemes = api["components"]["securitySchemes"];
  schemes["token"] = {{"type", "http"}, {"scheme", "bearer"}};
  schemes["subprotocol"] = {{"type", "apiKey"},
                            {"in", "header"},
                            {"name", "Sec-WebSocket-Protocol"},
                            {"description", "For pages; see the call."}};
  for (const Route& route : all_routes()) {
    if (!route.needs_token) continue;
    const char* method = route.method == "GET" ? "get" : "post";
    ordered_json& security = api["paths"][std::string(route.pattern)][method]["security"];
    security = ordered_json::array();
    security.push_back({{"token", ordered_json::array()}});
    if (route.where == Where::kStream) security.push_back({{"subprotocol", ordered_json::array()}});
  }
  return api.dump(2);
}

}  // namespace

Result<Response> answer_openapi(const Request&, const Context& context) {
  Response response{.content_type = "application/json"};
  if (context.options.token.empty()) {
    response.constant_body = openapi_text();
  } else {
    response.body = with_security(openapi_text());
  }
  return response;
}

}  // namespace sermo::serve
