// Pitch and loudness of a recording from its first to its last moment, for whoever draws them under
// the waveform.
//
// Thread rule: pure function.
#pragma once

#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"

namespace sermo::engine {

// One value a frame, every hop_s.
struct VoiceCourse {
  double start_s = 0.0;  // of the middle of the first frame, less than a hop
  double hop_s = 0.0;
  std::vector<float> f0_hz;     // 65 to 600, or 0 where unvoiced: the contour `f0` of sermo-voice
  std::vector<float> level_db;  // of 25 ms around it as recorded; 0 dB is a full-scale square
};

// The failures of engine::frame_contours.
Result<VoiceCourse> voice_course(const audio::DecodedAudio& audio);

}  // namespace sermo::engine
