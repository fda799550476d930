// Tells what a file is from its content, never from its name.
//
// Containers that begin with a mark of their own are told by it. MPEG audio and ADTS AAC have none:
// both begin a frame with eleven or twelve set bits, so they are told apart by their layer field
// and believed only when several frames follow each other at the distance that their headers say.
// Text, pictures, video and archives are named, so that the answer to a wrong file helps. Thread
// rule: pure function.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace sermo::audio {

enum class Container {
  kWav,       // RIFF, RIFX, RF64 or BW64 with WAVE
  kW64,       // Sony Wave64
  kAiff,      // AIFF and AIFC
  kAu,        // Sun/NeXT
  kCaf,       // Apple Core Audio
  kFlac,      // native FLAC
  kOgg,       // with Vorbis, Opus or FLAC
  kMp3,       // bare MPEG-1/2/2.5 audio, layers 1 to 3
  kAac,       // bare AAC frames with ADTS headers
  kMp4,       // ISO base media and QuickTime: mp4, m4a, mov, 3gp
  kMatroska,  // Matroska and WebM
  kNone,      // none of these
};

struct Content {
  Container container = Container::kNone;
  // "wav", "m4a", "webm" ...; for kNone what it looks like ("text", "a PNG picture"), or empty.
  std::string_view name;
  // Where the audio begins: behind ID3v2 tags for flac, mp3 and aac, otherwise 0.
  size_t start = 0;
};

Content sniff(std::span<const std::byte> bytes);

// The size of the ID3v2 tags at the front, 0 without any. It may exceed the bytes that are there.
size_t id3v2_size(std::span<const std::byte> bytes);

}  // namespace sermo::audio
