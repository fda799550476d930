#include "sermo/dsp/delta.h"

#include <algorithm>

namespace sermo::dsp {

void delta(const FrameMatrix& in, FrameMatrix& out) {
  constexpr size_t kReach = kDeltaWidthFrames / 2;
  constexpr float kSumOfSquares = 60.0f;  // of -4 to 4
  const size_t num_frames = in.num_frames();
  SERMO_CHECK(num_frames >= kDeltaWidthFrames, "a delta needs nine frames");
  out.resize(in.num_rows(), num_frames);
  for (size_t r = 0; r < in.num_rows(); ++r) {
    const float* x = in.row(r);
    float* slope = out.row(r);
    for (size_t f = kReach; f + kReach < num_frames; ++f) {
      const float rise = (x[f + 1] - x[f - 1]) + 2.0f * (x[f + 2] - x[f - 2]) +
                         3.0f * (x[f + 3] - x[f - 3]) + 4.0f * (x[f + 4] - x[f - 4]);
      slope[f] = rise / kSumOfSquares;
    }
    std::fill_n(slope, kReach, slope[kReach]);
    std::fill_n(slope + num_frames - kReach, kReach, slope[num_frames - kReach - 1]);
  }
}

}  // namespace sermo::dsp
