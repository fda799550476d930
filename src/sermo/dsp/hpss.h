// Harmonic-percussive separation by median filtering (Fitzgerald, 2010): of each bin of a spectrum,
// the part that belongs to tones, which last, and not to clicks, which are broad.
//
// Equals librosa.decompose.hpss(spectrum)[0] with its defaults (kernel_size 31, power 2, margin 1),
// bit for bit: with h the median over 31 frames and p the median over 31 bins of the magnitudes
// (median_filter.h), a bin keeps the share h^2 / (h^2 + p^2) of its magnitude, or one half where
// both are below the smallest normal float. Its inverse STFT (istft.h) is librosa.effects.harmonic.
// Thread rule: pure function; one HpssWorkspace belongs to one thread at a time.
#pragma once

#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/median_filter.h"

namespace sermo::dsp {

struct HpssWorkspace {
  FrameMatrix harmonic;    // medians over frames
  FrameMatrix percussive;  // medians over bins
  MedianFilterWorkspace median_filter;
};

// spectrum and its magnitude: [bins][frames]. harmonic: resized to the same shape; must not be
// `spectrum`.
void harmonic_part(const Spectrum& spectrum, const FrameMatrix& magnitude, Spectrum& harmonic,
                   HpssWorkspace& workspace);

}  // namespace sermo::dsp
