#include "sermo/dsp/power.h"

namespace sermo::dsp {

void power_of(const FrameMatrix& magnitude, FrameMatrix& power) {
  power.resize(magnitude.num_rows(), magnitude.num_frames());
  const float* from = magnitude.data();
  float* to = power.data();
  const size_t size = magnitude.num_rows() * magnitude.stride();
  for (size_t i = 0; i < size; ++i) to[i] = from[i] * from[i];
}

}  // namespace sermo::dsp
