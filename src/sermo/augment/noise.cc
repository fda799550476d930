#include "sermo/augment/noise.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sermo/base/normal.h"
#include "sermo/dsp/fir.h"

namespace sermo::augment {
namespace {

// At 16 kHz a tap more or less is 4 Hz: enough to follow pink noise down to 50 Hz.
size_t num_colour_taps(int rate_hz) { return rate_hz > 24'000 ? 8191 : 4095; }

}  // namespace

double noise_gain(NoiseColour colour, double hz) {
  switch (colour) {
    case NoiseColour::kWhite:
      return 1.0;
    case NoiseColour::kPink:
      return std::sqrt(50.0 / std::max(hz, 50.0));
    case NoiseColour::kHalfPink:
      return std::pow(50.0 / std::max(hz, 50.0), 0.25);
    case NoiseColour::kSpeech:
      // Amplitude falls by the power that makes 9 (12) dB an octave.
      return hz < 100.0 ? std::pow(hz / 100.0, 2.0)
                        : std::pow(500.0 / std::max(hz, 500.0), 9.0 / (20.0 * std::log10(2.0)));
  }
  return 1.0;
}

void make_noise(NoiseColour colour, int rate_hz, Random& random, dsp::Convolver& convolver,
                std::span<float> out) {
  if (colour == NoiseColour::kWhite) {
    fill_normal(random, out);
    return;
  }
  const std::vector<float> kernel = dsp::shaped_kernel(
      rate_hz, num_colour_taps(rate_hz), [colour](double hz) { return noise_gain(colour, hz); });
  std::vector<float> white(out.size() + kernel.size() - 1);
  fill_normal(random, white);
  convolver.convolve(white, kernel, kernel.size() - 1, out);  // where the kernel lies on noise only
}

}  // namespace sermo::augment
