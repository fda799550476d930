// Kernels of linear-phase FIR filters, for convolution.h.
//
// Band kernels are sinc functions under a Kaiser window and equal scipy.signal.firwin(num_taps,
// edges, window=("kaiser", beta), fs=rate) within 1e-6 of the largest tap. From an edge less
// kFirTransitionHz / 2 inwards the gain is 1 within 0.01 dB; from the edge plus the same outwards
// what is left lies at least kFirStopBandDb below. At the edge it is one half. The kernels have an
// odd number of taps and are symmetric: convolved in mode "same" they delay nothing. Frequencies in
// Hz. Thread rule: pure functions.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace sermo::dsp {

inline constexpr double kFirStopBandDb = 80.0;
inline constexpr double kFirTransitionHz = 200.0;

// Kaiser's estimate of how many taps that takes at this rate: 403 at 16 kHz, which is 25 ms.
size_t num_band_taps(int rate_hz);

// 0 < edge < rate_hz / 2; the sum of all taps is 1.
std::vector<float> low_pass_kernel(int rate_hz, double edge_hz);

// 0 < low < high < rate_hz / 2; the gain is 1 midway between the two.
std::vector<float> band_pass_kernel(int rate_hz, double low_hz, double high_hz);

// A kernel of `num_taps` (odd, at most 32767) whose amplitude at f Hz is about gain_at(f), smoothed
// over a few rate_hz / num_taps: sampled in frequency, under a Hann window.
std::vector<float> shaped_kernel(int rate_hz, size_t num_taps,
                                 const std::function<double(double)>& gain_at);

}  // namespace sermo::dsp
