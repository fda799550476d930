// What libsndfile reads, from bytes in memory: wav, w64, aiff, au, caf, flac and ogg with Vorbis,
// Opus or FLAC. soundfile and librosa read with the same library. Thread rule: pure function.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "sermo/audio/reader.h"

namespace sermo::audio {

// `container` is the name for the answer. kCorrupt, kUnsupported, kTooLong, kNotFinite.
Result<Reading> read_with_sndfile(std::span<const std::byte> bytes, std::string_view container,
                                  const DecodeOptions& options);

}  // namespace sermo::audio
