// What a request asks about its recording, and the one way from there to answers.
//
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/engine/answer.h"
#include "sermo/serve/service.h"
#include "sermo/serve/speaker.h"

namespace sermo::serve {

// kUsage for a `top_k` that is no whole number of at least 1.
Result<size_t> top_k_of(const Target& target);
// The model that is named; empty where none is. kUsage for one that is named by nothing.
Result<std::string> model_of(const Target& target);
// kUsage for a `timeline` that is neither true nor false.
Result<bool> timeline_of(const Target& target);

struct RecordingQuery {
  std::string model;  // a name, "all", or empty for the first
  size_t top_k = 0;   // 0 means all
  bool timeline = false;
  ToldSpeaker speaker;
};

// Decodes and answers, one answer a model; clips of the speaker that could not be used are among
// the warnings. `bytes` are the request's body or lie in it. kNotFound for an unknown model, and
// the failures of decode_recording, enrol_speaker and engine::Recognizer.
Result<std::vector<engine::Answer>> recognize_recording(const Request& request,
                                                        std::span<const std::byte> bytes,
                                                        const RecordingQuery& query,
                                                        const Context& context);

}  // namespace sermo::serve
