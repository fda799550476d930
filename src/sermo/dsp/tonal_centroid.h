// Tonal centroid features (tonnetz; Harte, Sandler and Gasser, 2006): where a chroma vector lies on
// the circles of fifths, of minor thirds and of major thirds.
//
// Equals librosa.feature.tonnetz(chroma=chroma): each frame is divided by its sum, unless that is
// below the smallest normal float, and projected onto the three circles, of radius 1, 1 and 1/2:
// rows 0 and 1 are x and y on the circle of fifths, 2 and 3 minor thirds, 4 and 5 major thirds.
// Thread rule: pure function.
#pragma once

#include <cstddef>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

inline constexpr size_t kNumTonalCentroids = 6;

// chroma: [12][frames], not negative, row 0 being C. centroids: resized to
// [kNumTonalCentroids][frames], values in [-1, 1].
void tonal_centroids(const FrameMatrix& chroma, FrameMatrix& centroids);

}  // namespace sermo::dsp
