// The part of a clip from its first to its last loud frame, with a little before and after.
//
// Equals reference/voice/descriptors.py `trim`: a frame (25 ms every 10 ms, centred, zeros outside)
// is loud when its mean square plus 1e-12 is within range_db of the loudest frame's. Computed in
// double, so any finite samples will do. Thread rule: pure.
#pragma once

#include <cstddef>
#include <span>

#include "sermo/dsp/padded_clip.h"

namespace sermo::dsp {

struct LoudPartOptions {
  FrameCut cut{160, 400};      // half the width is a multiple of a quarter of the hop
  double range_db = 35;        // below the loudest frame
  size_t num_hops_before = 2;  // kept before the first loud frame's centre
  size_t num_hops_after = 3;   // and from the last one's on
};

struct SampleRange {
  size_t first = 0;
  size_t end = 0;

  size_t size() const { return end - first; }
};

// Empty only for an empty clip.
SampleRange loud_part(std::span<const float> samples, const LoudPartOptions& options = {});

}  // namespace sermo::dsp
