// An enrolled voice as JSON that the client keeps, since the service keeps none.
//
//   {"format":1,"clips":5,"sums":{"librosa-110/1-0123456789ab":"..."}}
//
// A sum is that of the clips' raw features, float64 little-endian in base64url without padding. No
// sound can be made of it, but it describes a person's voice. What comes back may come from anyone
// and is checked: form, counts, sizes, finite values. Whether it fits the models is
// engine::Recognizer::check_enrolled's to say. Thread rule: pure functions.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "sermo/base/result.h"
#include "sermo/engine/enrolment.h"

namespace sermo::serve {

inline constexpr size_t kMaxVoiceBytes = size_t{512} << 10;  // of the JSON text
inline constexpr size_t kMaxVoiceClips = 10'000;
inline constexpr size_t kMaxVoiceSchemas = 16;
inline constexpr double kMaxVoiceFeature = 1e12;  // no feature of a recording comes near

nlohmann::ordered_json voice_json(const engine::Enrolment& enrolment);

// A voice, or an array of them as one: that of all their clips, at least one. kUsage for what is of
// another form, kCorrupt for one whose sums are not numbers of a voice or with too many clips.
Result<engine::Enrolment> voice_from(const nlohmann::json& json);
// kTooLarge beyond kMaxVoiceBytes.
Result<engine::Enrolment> parse_voice(std::string_view text);

}  // namespace sermo::serve
