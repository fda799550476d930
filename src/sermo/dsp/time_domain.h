// What is measured on the samples of a frame themselves: loudness and zero crossings.
//
// Frame f covers the samples from f * hop - frame_length / 2 on; there are 1 + n / hop frames.
// root_mean_square equals librosa.feature.rms(y=y): zeros outside the clip. zero_crossing_rate
// equals librosa.feature.zero_crossing_rate(y): the share of samples whose sign differs from the
// sample before in the same frame, where what is within 1e-10 of zero counts as positive; outside
// the clip its first and last samples go on. Output [1][frames]. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <span>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// frame_length is an even multiple of hop_length, at most kMaxHopsPerFrame times as long.
struct Framing {
  size_t frame_length = 2048;  // samples
  size_t hop_length = 512;     // samples
};
inline constexpr size_t kMaxHopsPerFrame = 16;

// Resize `out` to [1][frames].
void root_mean_square(std::span<const float> samples, FrameMatrix& out,
                      const Framing& framing = {});
void zero_crossing_rate(std::span<const float> samples, FrameMatrix& out,
                        const Framing& framing = {});

}  // namespace sermo::dsp
