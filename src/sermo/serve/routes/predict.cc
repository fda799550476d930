// POST /api/v1/predict: a recording as the body, or as the field `file` of a form; the answer is
// the row that `sermo predict --format json` writes, or the array of them with model=all.
#include <nlohmann/json.hpp>

#include "sermo/base/utf8.h"
#include "sermo/serve/multipart.h"
#include "sermo/serve/problem.h"
#include "sermo/serve/recording_query.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {
namespace {

struct Recording {
  std::span<const std::byte> bytes;
  std::string name = "-";  // as `sermo predict` calls standard input
  std::string model;       // named in the form
};

Result<Recording> recording_in_form(const Request& request) {
  SERMO_TRY(const std::vector<Part> parts,
            parse_multipart(request.head.content_type, request.body));
  Recording recording;
  bool has_file = false;
  for (const Part& part : parts) {
    if (part.name == "file") {
      if (has_file) return fail(ErrorCode::kUsage, "the form has two fields `file`, wanted one");
      has_file = true;
      recording.bytes = part.bytes;
      if (part.filename && !part.filename->empty()) recording.name = printable_utf8(*part.filename);
    } else if (part.name == "model") {
      recording.model =
          printable_utf8({reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()});
    }
  }
  if (!has_file) return fail(ErrorCode::kUsage, "the form has no field `file`");
  return recording;
}

}  // namespace

Result<Response> answer_predict(const Request& request, const Context& context) {
  RecordingQuery query;
  SERMO_TRY(query.model, model_of(request.head.target));
  SERMO_TRY(query.top_k, top_k_of(request.head.target));
  SERMO_TRY(query.timeline, timeline_of(request.head.target));
  Recording recording{.bytes = request.body};
  switch (body_kind(request.head)) {
    case BodyKind::kForm: {
      SERMO_TRY(recording, recording_in_form(request));
      break;
    }
    case BodyKind::kRecording:
      break;
    case BodyKind::kSomethingElse:
      return problem(kUnsupportedMediaType,
                     "wanted a recording (audio/..., video/..., application/octet-stream) or "
                     "multipart/form-data with the field `file`");
  }
  if (query.model.empty()) query.model = recording.model;
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
