// POST /api/v1/predict: a recording as the body, or as the field `file` of a form; the answer is
// the row that `sermo predict --format json` writes, or the array of them with model=all. A form
// may tell the speaker (speaker.h).
#include <nlohmann/json.hpp>

#include "sermo/serve/recording.h"
#include "sermo/serve/recording_query.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {

Result<Response> answer_predict(const Request& request, const Context& context) {
  RecordingQuery query;
  SERMO_TRY(query.model, model_of(request.head.target));
  SERMO_TRY(query.top_k, top_k_of(request.head.target));
  SERMO_TRY(query.timeline, timeline_of(request.head.target));
  if (body_kind(request.head) == BodyKind::kSomethingElse) return neither_recording_nor_form();
  SERMO_TRY(Recording recording, recording_in(request));
  if (query.model.empty()) query.model = recording.model;
  query.speaker = std::move(recording.speaker);
  SERMO_TRY(std::vector<engine::Answer> answers,
            recognize_recording(request, recording.bytes, query, context));
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (engine::Answer& answer : answers) {
    answer.path = recording.name;
    rows.push_back(engine::to_json(answer));
  }
  return Response{.content_type = "application/json",
                  .body = query.model == "all" ? rows.dump() : rows.front().dump()};
}

}  // namespace sermo::serve
