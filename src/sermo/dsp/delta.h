// The slope of each row over nine frames: how a coefficient changes.
//
// Equals librosa.feature.delta(x, width=9, order=1, mode='interp'), which is SciPy's Savitzky-Golay
// filter of degree 1: the slope of the least-squares line through the frames f - 4 to f + 4, and
// for the first and last four frames the slope of the first and last nine. Thread rule: pure
// function.
#pragma once

#include <cstddef>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

inline constexpr size_t kDeltaWidthFrames = 9;

// Resizes `out` to the shape of `in`, which has at least kDeltaWidthFrames frames.
void delta(const FrameMatrix& in, FrameMatrix& out);

}  // namespace sermo::dsp
