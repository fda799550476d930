// Frame headers of MPEG audio (mp3) and of AAC in ADTS, as far as finding the next frame needs
// them. Thread rule: pure functions.
#pragma once

#include <cstddef>

#include "sermo/audio/byte_view.h"

namespace sermo::audio {

// Bytes of the MPEG-1/2/2.5 audio frame whose header is at `position`; 0 where none is. Free-format
// frames, whose headers do not tell, count as none.
size_t mpeg_frame_size(const ByteView& bytes, size_t position);

// Whether the MPEG frame at `position` is a Xing, Info or VBRI header that tells how many frames
// the file has.
bool mpeg_frame_tells_length(const ByteView& bytes, size_t position);

// The same size for a frame of AAC with its ADTS header.
size_t adts_frame_size(const ByteView& bytes, size_t position);

enum class FrameKind { kNone, kMpeg, kAdts };

struct FrameSearch {
  FrameKind kind = FrameKind::kNone;
  size_t position = 0;  // of the first frame
};

// The first place from `start` on where frames of one kind and sample rate follow each other: two
// are enough at `start` itself (or one that fills the rest), three where bytes had to be skipped.
FrameSearch find_frames(const ByteView& bytes, size_t start);

}  // namespace sermo::audio
