// Noise of four colours.
//
// white: equal power at all frequencies. pink: power falls by 3 dB an octave from 50 Hz on, even
// below; half-pink: by half as much. speech: the long-term spectrum of a voice, even from 100 to
// 500 Hz, falling by 9 dB an octave above (the slope of ANSI S3.5's idealised speech) and by 12
// below. Gaussian, whatever the colour. The same numbers on any machine but for rounding.
#pragma once

#include <span>

#include "sermo/augment/condition.h"
#include "sermo/base/random.h"
#include "sermo/dsp/convolution.h"

namespace sermo::augment {

// Fills `out` with noise of any level. Thread rule: pure but for what it is given.
void make_noise(NoiseColour colour, int rate_hz, Random& random, dsp::Convolver& convolver,
                std::span<float> out);

// The colour's amplitude at a frequency, before any scaling: what `make_noise` follows.
double noise_gain(NoiseColour colour, double hz);

}  // namespace sermo::augment
