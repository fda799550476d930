#include "sermo/serve/recording_query.h"

#include <fmt/format.h>

#include <charconv>

#include "sermo/serve/recording.h"

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

Result<std::vector<engine::Answer>> recognize_recording(const Request& request,
                                                        std::span<const std::byte> bytes,
                                                        const RecordingQuery& query,
                                                        const Context& context) {
  const engine::Recognizer& recognizer = *context.models->recognizer;
  std::vector<std::string> names;
  if (!query.model.empty()) names.push_back(query.model);
  SERMO_TRY(const std::vector<size_t> models, recognizer.select(names));
  SERMO_TRY(const audio::DecodedAudio audio,
            decode_recording(request, bytes, context, context.options.max_duration_s));
  SERMO_TRY(const Speaker speaker, enrol_speaker(request, query.speaker, context));
  engine::RecognitionOptions options{
      .top_k = query.top_k, .enrolment = speaker.enrolment, .stop = request.gone};
  if (query.timeline) options.timeline.emplace();
  SERMO_TRY(std::vector<engine::Answer> answers, recognizer.recognize(audio, models, options));
  for (engine::Answer& answer : answers) {
    for (const auto& [name, error] : speaker.refused)
      answer.warnings.push_back(fmt::format("not enrolled: {}: {}", name, error.message));
  }
  return answers;
}

}  // namespace sermo::serve
