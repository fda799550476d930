// GET /healthz: the process answers. GET /readyz: the models are loaded and it is not stopping.
#include "sermo/serve/problem.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {

Result<Response> answer_healthz(const Request&, const Context&) {
  return Response{.content_type = "application/json", .body = R"({"status":"ok"})"};
}

Result<Response> answer_readyz(const Request&, const Context& context) {
  if (context.stopping) return fail(ErrorCode::kUnavailable, "the service is stopping");
  if (context.models == nullptr)
    return fail(ErrorCode::kUnavailable, "the models are still being loaded");
  return Response{.content_type = "application/json", .body = R"({"status":"ready"})"};
}

}  // namespace sermo::serve
