// GET /api/v1/models: the manifest's models, best first.
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {

Result<Response> answer_models(const Request&, const Context& context) {
  return Response{.content_type = "application/json", .body = context.models->listing};
}

}  // namespace sermo::serve
