#include "sermo/serve/recording.h"

#include <fmt/format.h>

#include "sermo/base/utf8.h"
#include "sermo/serve/media_type.h"
#include "sermo/serve/multipart.h"
#include "sermo/serve/problem.h"

namespace sermo::serve {
namespace {

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
  if (body_kind(request.head) == BodyKind::kForm) return recording_in_form(request);
  return Recording{.bytes = request.body};
}

Result<audio::DecodedAudio> decode_recording(const Request& request,
                                             std::span<const std::byte> bytes,
                                             const Context& context) {
  if (bytes.size() > context.options.max_upload_bytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("the recording has {} bytes, wanted at most {}",
                                                  bytes.size(), context.options.max_upload_bytes));
  }
  SERMO_TRY(audio::DecodedAudio audio,
            audio::decode_bytes(bytes, {.max_duration_s = context.options.max_duration_s}));
  if (request.gone.stop_requested()) return fail(ErrorCode::kCancelled, "the client went away");
  return audio;
}

}  // namespace sermo::serve
