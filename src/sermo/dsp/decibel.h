// Power -> decibels, with a floor below the loudest value of the clip.
//
// Equals librosa.power_to_db(S, ref=1.0, amin=1e-10, top_db=80.0) in float32, rows of any meaning.
// Thread rule: pure function.
#pragma once

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

inline constexpr float kMinPower = 1e-10f;  // smaller powers count as this one: -100 dB
inline constexpr float kTopDb = 80.0f;      // values further below the clip's largest are raised

// Resizes `db` to the shape of `power`; the two may be one matrix.
void power_to_db(const FrameMatrix& power, FrameMatrix& db);

}  // namespace sermo::dsp
