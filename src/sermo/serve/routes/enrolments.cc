// POST /api/v1/enrolments: recordings of one voice, as the body or as fields `enroll` of a form;
// the answer is the voice, for the client to keep and to send along.
#include <nlohmann/json.hpp>

#include "sermo/engine/answer.h"
#include "sermo/serve/recording.h"
#include "sermo/serve/routes/routes.h"
#include "sermo/serve/voice.h"

namespace sermo::serve {

Result<Response> answer_enrolments(const Request& request, const Context& context) {
  if (body_kind(request.head) == BodyKind::kSomethingElse) return neither_recording_nor_form();
  SERMO_TRY(const ToldSpeaker told, speaker_in(request));
  SERMO_TRY(const Speaker speaker, enrol_speaker(request, told, context));
  nlohmann::ordered_json refused = nlohmann::ordered_json::array();
  for (const auto& [name, error] : speaker.refused)
    refused.push_back(engine::failure_row(name, error));
  const nlohmann::ordered_json json = {{"enrolled", speaker.enrolment->num_clips()},
                                       {"voice", voice_json(*speaker.enrolment)},
                                       {"refused", std::move(refused)}};
  return Response{.content_type = "application/json", .body = json.dump()};
}

}  // namespace sermo::serve
