#include "sermo/serve/speaker.h"

#include <fmt/format.h>

#include "sermo/serve/recording.h"
#include "sermo/serve/voice.h"

namespace sermo::serve {
namespace {

Result<engine::Enrolment> enrol_clip(const Request& request, const ToldSpeaker::Clip& clip,
                                     double& seconds_left, const Context& context) {
  Result<audio::DecodedAudio> audio =
      decode_recording(request, clip.bytes, context, seconds_left);
  if (!audio && audio.error().code == ErrorCode::kTooLong) {
    return fail(ErrorCode::kTooLong,
                fmt::format("too long, all recordings of the voice may last {} s together",
                            context.options.max_duration_s));
  }
  if (!audio) return fail(std::move(audio.error()));
  seconds_left -= audio->duration_s();
  return context.models->recognizer->enrol(*audio);
}

}  // namespace

Result<Speaker> enrol_speaker(const Request& request, const ToldSpeaker& told,
                              const Context& context) {
  Speaker speaker;
  if (!told.is_told()) return speaker;
  std::vector<engine::Enrolment> known;
  if (told.voice) {
    SERMO_TRY(engine::Enrolment voice, parse_voice(*told.voice));
    SERMO_TRY_VOID(context.models->recognizer->check_enrolled(voice));
    known.push_back(std::move(voice));
  }
  double seconds_left = context.options.max_duration_s;
  for (const ToldSpeaker::Clip& clip : told.clips) {
    Result<engine::Enrolment> heard = enrol_clip(request, clip, seconds_left, context);
    if (heard) {
      known.push_back(std::move(*heard));
    } else if (heard.error().code == ErrorCode::kCancelled) {
      return fail(std::move(heard.error()));
    } else {
      speaker.refused.push_back({clip.name, std::move(heard.error())});
    }
  }
  if (known.empty()) {
    const auto& [name, error] = speaker.refused.front();
    return fail(error.code, fmt::format("no recording of the voice could be used: {}: {}", name,
                                        error.message));
  }
  speaker.enrolment =
      std::make_shared<const engine::Enrolment>(engine::Enrolment::joined(known));
  return speaker;
}

}  // namespace sermo::serve
