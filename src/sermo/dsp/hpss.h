// Harmonic-percussive separation by median filtering (Fitzgerald, 2010): what share of each bin of
// a spectrogram belongs to tones, which last, and not to clicks, which are broad.
//
// Equals the first result of librosa.decompose.hpss(magnitude, kernel_size=31, power=2.0,
// margin=1.0, mask=True): with h the median over 31 frames and p the median over 31 bins
// (median_filter.h), the mask is h^2 / (h^2 + p^2), and one half where both are below the smallest
// normal float. The inverse STFT of the spectrum times this mask is librosa.effects.harmonic.
// Thread rule: pure function; one HpssWorkspace belongs to one thread at a time.
#pragma once

#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/median_filter.h"

namespace sermo::dsp {

struct HpssWorkspace {
  FrameMatrix percussive;  // medians over bins
  MedianFilterWorkspace median_filter;
};

// magnitude: [bins][frames], not negative. mask: resized to the same shape, values in [0, 1]; must
// not be `magnitude`.
void harmonic_mask(const FrameMatrix& magnitude, FrameMatrix& mask, HpssWorkspace& workspace);

}  // namespace sermo::dsp
