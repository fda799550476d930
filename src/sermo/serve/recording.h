// The recording in a request: the body itself, or the field `file` of a form; and what the request
// tells of the one who speaks.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/serve/service.h"
#include "sermo/serve/speaker.h"

namespace sermo::serve {

// What Content-Type says about the body; it is not believed beyond that.
enum class BodyKind { kRecording, kForm, kSomethingElse };
BodyKind body_kind(const RequestHead& head);

// The answer to a body that is said to be something else.
Response neither_recording_nor_form();

struct Recording {
  std::span<const std::byte> bytes;  // of the request's body
  std::string name = "-";            // as `sermo predict` calls standard input
  std::string model;                 // named in the form
  ToldSpeaker speaker;               // by fields of the form
};

// kUsage for a form that is malformed or has no field `file`.
Result<Recording> recording_in(const Request& request);

// Of a request that is about the speaker alone: the body as one clip, or the fields of a form.
// kUsage for a form that is malformed or tells nothing.
Result<ToldSpeaker> speaker_in(const Request& request);

// kTooLarge, kCancelled when the client went away, and the failures of audio::decode_bytes.
Result<audio::DecodedAudio> decode_recording(const Request& request,
                                             std::span<const std::byte> bytes,
                                             const Context& context, double max_duration_s);

}  // namespace sermo::serve
