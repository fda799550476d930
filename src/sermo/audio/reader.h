// What the readers of single libraries (sndfile_reader.h, mpeg_reader.h, ffmpeg_reader.h) give to
// decode.cc.
#pragma once

#include "sermo/audio/decode.h"

namespace sermo::audio {

struct Reading {
  DecodedAudio audio;  // `samples` may be empty
  // How long the file says that it is; 0 where it does not say.
  double declared_duration_s = 0.0;
};

}  // namespace sermo::audio
