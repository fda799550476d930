#include "enrolled_speaker.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "inputs.h"
#include "sermo/base/parallel.h"

namespace sermo::app {

Result<std::shared_ptr<const engine::Enrolment>> enrol_speaker(
    const std::vector<std::string>& named, const engine::Recognizer& recognizer,
    const audio::DecodeOptions& decode, int num_threads, Console& console, Outcome& outcome) {
  const std::vector<Input> inputs = expand(named);
  std::vector<std::optional<Result<engine::Enrolment>>> heard(inputs.size());
  parallel_for(inputs.size(), num_threads, [&](size_t i) {
    heard[i] = [&]() -> Result<engine::Enrolment> {
      if (inputs[i].error) return fail(*inputs[i].error);
      if (inputs[i].path == "-") {
        return fail(ErrorCode::kUsage, "--enroll reads files and folders, not standard input");
      }
      SERMO_TRY(const audio::DecodedAudio audio, audio::decode_file(inputs[i].path, decode));
      return recognizer.enrol(audio);
    }();
  });
  std::vector<engine::Enrolment> clips;
  std::optional<Error> first_failure;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (*heard[i]) {
      clips.push_back(std::move(**heard[i]));
      continue;
    }
    Error error = std::move(heard[i]->error());
    if (!error.message.starts_with(inputs[i].path)) error = std::move(error).in(inputs[i].path);
    outcome.failed(error);
    console.complain("not enrolled: " + error.message);
    if (!first_failure) first_failure = std::move(error);
  }
  if (clips.empty()) {
    return fail(first_failure ? first_failure->code : ErrorCode::kNotFound,
                "--enroll: no recording could be used");
  }
  auto speaker = std::make_shared<const engine::Enrolment>(engine::Enrolment::joined(clips));
  console.note(fmt::format("enrolled: {} {} of one speaker, taken into account in every answer",
                           speaker->num_clips(), speaker->num_clips() == 1 ? "clip" : "clips"));
  return speaker;
}

}  // namespace sermo::app
