// The running median of 31 values, over time or over frequency.
//
// Equals scipy.ndimage.median_filter(x, size=(31, 1) or (1, 31), mode='reflect'), bit for bit: the
// value at position i is the median of x[i - 15] ... x[i + 15], and beyond its ends a sequence goes
// on mirrored (b a | a b c ... y z | z y), as often as needed when it is shorter than 15. Values
// must not be NaN. An empty matrix gives an empty matrix.
//
// Exact, and without a sort per value: sixteen neighbouring windows share a core of sixteen values,
// and what is sorted of the rest is shared by the eight, four and two windows that hold it, so a
// median costs 26 minima and maxima. Vectorised across neighbouring columns with run-time dispatch.
// Thread rule: immutable; one MedianFilterWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

inline constexpr size_t kMedianWindow = 31;

// Scratch memory, reused from call to call.
struct MedianFilterWorkspace {
  std::vector<size_t> positions;  // where the mirrored sequence finds each of its values
  AlignedFloats columns;          // some rows turned into columns
  AlignedFloats medians;          // their medians
};

// The median over 31 neighbouring rows, frame by frame. `out` is resized to the shape of `in` and
// must not be `in`.
void median_over_rows(const FrameMatrix& in, FrameMatrix& out, MedianFilterWorkspace& workspace);

// The median over 31 neighbouring frames, row by row. `out` as above.
void median_over_frames(const FrameMatrix& in, FrameMatrix& out, MedianFilterWorkspace& workspace);

}  // namespace sermo::dsp
