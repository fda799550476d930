// Magnitudes -> powers: the square of every value, as numpy.abs(D) ** 2. Thread rule: pure
// function.
#pragma once

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// Resizes `power` to the shape of `magnitude`; the two may be one matrix.
void power_of(const FrameMatrix& magnitude, FrameMatrix& power);

}  // namespace sermo::dsp
