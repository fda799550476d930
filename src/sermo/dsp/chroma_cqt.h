// The chromagram of a constant-Q transform: how strong each of the twelve pitch classes is.
//
// Equals librosa.feature.chroma_cqt(C=magnitude, bins_per_octave=b, n_chroma=12, norm=inf,
// threshold=0.0) for a transform that begins at a C: the rows of all octaves that lie nearest to a
// class are added up (for 36 rows an octave: the pitch itself and the third of a semitone to either
// side), and each frame is divided by its largest value, unless that is below the smallest normal
// float. Thread rule: pure function.
#pragma once

#include "sermo/dsp/chroma_filterbank.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// magnitude: [octaves * bins_per_octave][frames], not negative; bins_per_octave: a multiple of 12.
// chroma: resized to [kNumChroma][frames], values in [0, 1].
void chroma_cqt(const FrameMatrix& magnitude, size_t bins_per_octave, FrameMatrix& chroma);

}  // namespace sermo::dsp
