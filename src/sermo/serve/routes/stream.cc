// GET /api/v1/stream: whether a live stream may begin (101), or why not. What then flows through it
// is live_window.h's and live_answer.h's.
#include "sermo/serve/access.h"
#include "sermo/serve/problem.h"
#include "sermo/serve/recording_query.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {

Result<size_t> stream_model(const RequestHead& head, const ModelSet& models) {
  SERMO_TRY(const std::string name, model_of(head.target));
  if (name == "all") return fail(ErrorCode::kUsage, "a stream asks one model, not all");
  std::vector<std::string> names;
  if (!name.empty()) names.push_back(name);
  SERMO_TRY(const std::vector<size_t> chosen, models.recognizer->select(names));
  return chosen.front();
}

Result<Response> answer_stream(const Request& request, const Context& context) {
  const RequestHead& head = request.head;
  SERMO_TRY_VOID(stream_model(head, *context.models));
  if (!head.wants_websocket) {
    Response response = problem(kUpgradeRequired, "this call is a WebSocket");
    response.add("Upgrade", "websocket");
    return response;
  }
  if (!is_trusted_origin(context.options.cors_origin, head)) {
    return problem(kForbidden,
                   "a page of another site may not listen in; `--cors ORIGIN` allows one");
  }
  return Response{.status = 101};
}

}  // namespace sermo::serve
