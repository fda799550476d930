#include "sermo/serve/recording.h"

#include <fmt/format.h>

#include "sermo/base/utf8.h"
#include "sermo/serve/media_type.h"
#include "sermo/serve/multipart.h"
#include "sermo/serve/problem.h"

namespace sermo::serve {
namespace {

std::string_view text_of(const Part& part) {
  return {reinterpret_cast<const char*>(part.bytes.data()), part.bytes.size()};
}

bool has_filename(const Part& part) { return part.filename && !part.filename->empty(); }

// Fields of other names are left alone.
Result<Recording> read_form(const Request& request, bool& has_file) {
  SERMO_TRY(const std::vector<Part> parts,
            parse_multipart(request.head.content_type, request.body));
  Recording recording;
  for (const Part& part : parts) {
    if (part.name == "file") {
      if (has_file) return fail(ErrorCode::kUsage, "the form has two fields `file`, wanted one");
      has_file = true;
      recording.bytes = part.bytes;
      if (has_filename(part)) recording.name = printable_utf8(*part.filename);
    } else if (part.name == "model") {
      recording.model = printable_utf8(text_of(part));
    } else if (part.name == "enroll") {
      std::vector<ToldSpeaker::Clip>& clips = recording.speaker.clips;
      std::string name = fmt::format("enroll {}", clips.size() + 1);
      if (has_filename(part)) name = printable_utf8(*part.filename);
      clips.push_back({part.bytes, std::move(name)});
    } else if (part.name == "voice") {
      if (recording.speaker.voice)
        return fail(ErrorCode::kUsage, "the form has two fields `voice`, wanted one");
      recording.speaker.voice = text_of(part);
    }
  }
  return recording;
}

}  // namespace

BodyKind body_kind(const RequestHead& head) {
  if (!head.content_encoding.empty() && head.content_encoding != "identity")
    return BodyKind::kSomethingElse;
  if (head.content_type.empty()) return BodyKind::kRecording;
  const auto type = parse_field_value(head.content_type);
  if (!type) return BodyKind::kSomethingElse;
  if (type->value == "multipart/form-data") return BodyKind::kForm;
  for (const std::string_view kind : {"audio/", "video/", "application/"}) {
    // curl says x-www-form-urlencoded of whatever it sends; of JSON, nobody means a recording.
    if (type->value.starts_with(kind) && type->value != "application/json")
      return BodyKind::kRecording;
  }
  return BodyKind::kSomethingElse;
}

Response neither_recording_nor_form() {
  return problem(kUnsupportedMediaType,
                 "wanted a recording (audio/..., video/..., application/octet-stream) or "
                 "multipart/form-data with the field `file`");
}

Result<Recording> recording_in(const Request& request) {
  if (body_kind(request.head) != BodyKind::kForm) return Recording{.bytes = request.body};
  bool has_file = false;
  SERMO_TRY(Recording recording, read_form(request, has_file));
  if (!has_file) return fail(ErrorCode::kUsage, "the form has no field `file`");
  return recording;
}

Result<ToldSpeaker> speaker_in(const Request& request) {
  if (body_kind(request.head) != BodyKind::kForm)
    return ToldSpeaker{.clips = {{.bytes = request.body, .name = "-"}}};
  bool has_file = false;
  SERMO_TRY(Recording recording, read_form(request, has_file));
  if (!recording.speaker.is_told())
    return fail(ErrorCode::kUsage, "the form has no field `enroll` and no field `voice`");
  return std::move(recording.speaker);
}

Result<audio::DecodedAudio> decode_recording(const Request& request,
                                             std::span<const std::byte> bytes,
                                             const Context& context, double max_duration_s) {
  if (bytes.size() > context.options.max_upload_bytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("the recording has {} bytes, wanted at most {}",
                                                  bytes.size(), context.options.max_upload_bytes));
  }
  SERMO_TRY(audio::DecodedAudio audio,
            audio::decode_bytes(bytes, {.max_duration_s = max_duration_s}));
  if (request.gone.stop_requested()) return fail(ErrorCode::kCancelled, "the client went away");
  return audio;
}

}  // namespace sermo::serve
