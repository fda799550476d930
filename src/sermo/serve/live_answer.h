// The answer to one hop of a live stream.
//
// Thread rule: pure functions.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "sermo/engine/recognizer.h"
#include "sermo/serve/live_window.h"

namespace sermo::serve {

// How long, in seconds, something is heard that may be speech: 20 ms frames above -60 dB and well
// above the quietest of them, so that steady noise is not taken for a voice.
double voiced_seconds(std::span<const float> samples, int sample_rate_hz);

// At least this much of a window must be heard for an answer to be given: a short syllable.
inline constexpr double kLeastVoiced_s = 0.1;

// {"start_s","end_s","label","scores","level_db","voiced"} as JSON text. `level_db` is that of what
// is new. Where nothing is voiced, `label` is null, `scores` is empty and `error` says "silent".
// `enrolment` is of the one who speaks, null for a voice never heard; with it, and `"enrolled"`.
std::string answer_hop(const engine::Recognizer& recognizer, size_t model_index,
                       const LiveHop& hop,
                       const std::shared_ptr<const engine::Enrolment>& enrolment);

}  // namespace sermo::serve
