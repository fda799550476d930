// POST /api/v1/contours: a recording as the body, or as the field `file` of a form; the answer is
// its pitch and its level every 10 ms.
#include <cmath>
#include <nlohmann/json.hpp>

#include "sermo/engine/voice_course.h"
#include "sermo/serve/recording.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {
namespace {

using nlohmann::ordered_json;

// Finer than can be heard, and half as long as all digits.
double tenths(float value) { return std::round(10.0 * static_cast<double>(value)) / 10.0; }

}  // namespace

Result<Response> answer_contours(const Request& request, const Context& context) {
  if (body_kind(request.head) == BodyKind::kSomethingElse) return neither_recording_nor_form();
  SERMO_TRY(const Recording recording, recording_in(request));
  SERMO_TRY(const audio::DecodedAudio audio, decode_recording(request, recording.bytes, context,
                                                              context.options.max_duration_s));
  SERMO_TRY(const engine::VoiceCourse course, engine::voice_course(audio));
  ordered_json f0_hz = ordered_json::array();
  for (const float hz : course.f0_hz)
    f0_hz.push_back(hz > 0 ? ordered_json(tenths(hz)) : ordered_json(nullptr));
  ordered_json level_db = ordered_json::array();
  for (const float db : course.level_db) level_db.push_back(tenths(db));
  const ordered_json json = {{"path", recording.name},    {"duration_s", audio.duration_s()},
                             {"start_s", course.start_s}, {"hop_s", course.hop_s},
                             {"f0_hz", std::move(f0_hz)}, {"level_db", std::move(level_db)}};
  return Response{.content_type = "application/json", .body = json.dump()};
}

}  // namespace sermo::serve
