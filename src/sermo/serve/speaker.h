// The one who speaks, where a request makes the voice known: by recordings of it, by a voice that
// the service gave before, or by both.
//
// Thread rule: plain values; enrolling is a pure function.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/engine/enrolment.h"
#include "sermo/serve/service.h"

namespace sermo::serve {

// As it is told; both may be absent. Views of the request's body.
struct ToldSpeaker {
  struct Clip {
    std::span<const std::byte> bytes;
    std::string name;
  };
  std::vector<Clip> clips;                // the fields `enroll`
  std::optional<std::string_view> voice;  // the field `voice`

  bool is_told() const { return !clips.empty() || voice.has_value(); }
};

struct Speaker {
  struct Refused {
    std::string name;
    Error error;
  };
  std::shared_ptr<const engine::Enrolment> enrolment;  // null where nothing is told
  std::vector<Refused> refused;                        // clips that could not be used
};

// Clips that cannot be used are left out as long as anything else is known of the voice; then it
// fails with the first one's code. All clips together may be as long as one recording. The failures
// of parse_voice and Recognizer::check_enrolled; kCancelled when the client went away.
Result<Speaker> enrol_speaker(const Request& request, const ToldSpeaker& told,
                              const Context& context);

}  // namespace sermo::serve
