// `--enroll`: the recordings by which a speaker is made known.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "console.h"
#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/engine/recognizer.h"

namespace sermo::app {

// Decodes and extracts what `named` names (files and folders), once each, on `num_threads` threads.
// What cannot be used is told and counts in `outcome`; where nothing can, that is the error, under
// the first one's code.
Result<std::shared_ptr<const engine::Enrolment>> enrol_speaker(
    const std::vector<std::string>& named, const engine::Recognizer& recognizer,
    const audio::DecodeOptions& decode, int num_threads, Console& console, Outcome& outcome);

}  // namespace sermo::app
