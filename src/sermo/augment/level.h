// How loud a recording is, where someone speaks: the level that ratios of signal to noise are
// about.
#pragma once

#include <span>

namespace sermo::augment {

// From the first to the last frame within 35 dB of the loudest (dsp/loud_part.h, frames of 25 ms
// every 10 ms). Thread rule: pure functions.
std::span<const float> loud_samples(std::span<const float> samples, int rate_hz);

// The root mean square of all; 0 for none.
double root_mean_square(std::span<const float> samples);

// That of the loud samples: silence before and after a recording does not change it. 0 for an empty
// or silent one.
double speech_level(std::span<const float> samples, int rate_hz);

}  // namespace sermo::augment
