// Where the magnitude spectrum has its centre, and below which frequency most of it lies.
//
// spectral_centroid equals librosa.feature.spectral_centroid(S=magnitude): the mean frequency,
// weighted by magnitude; 0 for a frame of zeros. spectral_rolloff equals
// librosa.feature.spectral_rolloff(S=magnitude, roll_percent=share): the lowest bin up to which the
// sum of the magnitudes reaches that share of the whole. Both in Hz. Input [n_fft / 2 + 1][frames].
// Thread rule: pure functions.
#pragma once

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

inline constexpr float kRolloffShare = 0.85f;

// Resize `out` to [1][frames].
void spectral_centroid(const FrameMatrix& magnitude, double sample_rate_hz, FrameMatrix& out);
void spectral_rolloff(const FrameMatrix& magnitude, double sample_rate_hz, FrameMatrix& out,
                      float share = kRolloffShare);

}  // namespace sermo::dsp
