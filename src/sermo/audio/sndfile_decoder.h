// What libsndfile reads, from bytes in memory: wav, w64, aiff, au, caf, flac, ogg and mp3.
#pragma once

#include <cstddef>
#include <span>

#include "sermo/audio/decode.h"

namespace sermo::audio {

Result<DecodedAudio> decode_with_sndfile(std::span<const std::byte> bytes,
                                         const DecodeOptions& options);

}  // namespace sermo::audio
