// MPEG audio (mp3, and layers 1 and 2), from bytes in memory, with libmpg123.
//
// libsndfile, and so librosa, reads it with the same library and the same settings. It is called
// directly for three reasons: libsndfile lets it print warnings to standard error; it stops at the
// length that libmpg123 guesses where no Xing header tells it; and it gives a file that was cut no
// other mark than a short read. Encoder delay and padding are left out where a LAME header tells
// them. Thread rule: pure function.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "sermo/audio/reader.h"

namespace sermo::audio {

// `bytes` begin with a frame. kCorrupt, kUnsupported, kTooLong.
Result<Reading> read_mpeg(std::span<const std::byte> bytes, std::string_view container,
                          const DecodeOptions& options);

}  // namespace sermo::audio
