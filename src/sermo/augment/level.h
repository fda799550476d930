// How loud a recording is, and where someone speaks in it.
#pragma once

#include <span>

namespace sermo::augment {

// The root mean square of all; 0 for none. Thread rule: pure functions.
double root_mean_square(std::span<const float> samples);

// From the first to the last frame within 35 dB of the loudest (dsp/loud_part.h, frames of 25 ms
// every 10 ms); all of a silent recording.
std::span<const float> loud_samples(std::span<const float> samples, int rate_hz);

}  // namespace sermo::augment
