// POST /models/{name}: a recording as the body, `[{"label","score"}]` as the answer, like Hugging
// Face's audio-classification API.
#include <nlohmann/json.hpp>

#include "sermo/serve/problem.h"
#include "sermo/serve/recording.h"
#include "sermo/serve/recording_query.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {

Result<Response> answer_hugging_face(const Request& request, const Context& context) {
  RecordingQuery query;
  query.model = name_in_path("/models/{name}", request.head.target.path);
  SERMO_TRY(query.top_k, top_k_of(request.head.target));
  if (query.model == "all")
    return fail(ErrorCode::kNotFound, "no model named all: this call asks one model");
  if (body_kind(request.head) != BodyKind::kRecording)
    return problem(kUnsupportedMediaType,
                   "wanted a recording (audio/..., video/..., application/octet-stream)");
  SERMO_TRY(const std::vector<engine::Answer> answers,
            recognize_recording(request, request.body, query, context));
  const nlohmann::ordered_json row = engine::to_json(answers.front());
  return Response{.content_type = "application/json", .body = row["scores"].dump()};
}

}  // namespace sermo::serve
