// ln(x + floor) of every value; float32, as numpy.log to a few units in the last place. `out` may
// be `in`; it is resized. Thread rule: pure.
#pragma once

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

void natural_log(const FrameMatrix& in, float floor, FrameMatrix& out);

}  // namespace sermo::dsp
