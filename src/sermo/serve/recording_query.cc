#include "sermo/serve/recording_query.h"

#include <fmt/format.h>

#include <charconv>

#include "sermo/audio/decode.h"
#include "sermo/serve/media_type.h"

namespace sermo::serve {

Result<size_t> top_k_of(const Target& target) {
  SERMO_TRY(const std::optional<std::string> text, target.parameter("top_k"));
  if (!text) return size_t{0};
  size_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || stop != end || value == 0)
    return fail(ErrorCode::kUsage,
                fmt::format("top_k is `{}`, wanted a whole number of at least 1", *text));
  return value;
}

Result<std::string> model_of(const Target& target) {
  SERMO_TRY(const std::optional<std::string> name, target.parameter("model"));
  if (name && name->empty()) return fail(ErrorCode::kUsage, "the parameter model is empty");
  return name.value_or("");
}

Result<bool> timeline_of(const Target& target) {
  SERMO_TRY(const std::optional<std::string> text, target.parameter("timeline"));
  if (text && *text != "true" && *text != "false")
    return fail(ErrorCode::kUsage, fmt::format("timeline is `{}`, wanted true or false", *text));
  return text == "true";
}

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

Result<std::vector<engine::Answer>> recognize_recording(const Request& request,
                                                        std::span<const std::byte> bytes,
                                                        const RecordingQuery& query,
                                                        const Context& context) {
  const engine::Recognizer& recognizer = *context.models->recognizer;
  std::vector<std::string> names;
  if (!query.model.empty()) names.push_back(query.model);
  SERMO_TRY(const std::vector<size_t> models, recognizer.select(names));
  if (bytes.size() > context.options.max_upload_bytes) {
    return fail(ErrorCode::kTooLarge, fmt::format("the recording has {} bytes, wanted at most {}",
                                                  bytes.size(), context.options.max_upload_bytes));
  }
  SERMO_TRY(const audio::DecodedAudio audio,
            audio::decode_bytes(bytes, {.max_duration_s = context.options.max_duration_s}));
  if (request.gone.stop_requested()) return fail(ErrorCode::kCancelled, "the client went away");
  engine::RecognitionOptions options{.top_k = query.top_k};
  if (query.timeline) options.timeline.emplace();
  return recognizer.recognize(audio, models, options);
}

}  // namespace sermo::serve
