// Loading frames of a clip side by side: one vector lane is one frame.
#if defined(SERMO_DSP_SHORT_FRAMES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_SHORT_FRAMES_INL_H_
#undef SERMO_DSP_SHORT_FRAMES_INL_H_
#else
#define SERMO_DSP_SHORT_FRAMES_INL_H_
#endif

#include <hwy/highway.h>

#include "sermo/dsp/frame_vectors-inl.h"
#include "sermo/dsp/padded_clip.h"
#include "sermo/dsp/transpose-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// to[n * Lanes(d) + i] = sample n of frame first + i, for every lane i; `to` has room for
// cut.width vectors, rounded up to a multiple of four.
HWY_INLINE void load_frames(D d, const PaddedClip& clip, const FrameCut& cut, size_t first,
                            float* to) {
  const size_t lanes = hn::Lanes(d);
  transpose(hn::CappedTag<float, 4>(), clip.frame(first, cut.hop_length, cut.width), cut.hop_length,
            lanes, cut.width, to, lanes);
}

// Frames as load_frames() left them, times a window of `width` values, as the input of a real
// transform: beyond the window they are zero.
struct WindowedFrames {
  const float* window;
  const float* samples;
  size_t width;
  HWY_INLINE void operator()(size_t m, V& even, V& odd) const {
    const D d;
    const size_t lanes = hn::Lanes(d);
    if (m >= width / 2) {
      even = hn::Zero(d);
      odd = hn::Zero(d);
      return;
    }
    even = hn::Mul(hn::Set(d, window[2 * m]), hn::Load(d, samples + 2 * m * lanes));
    odd = hn::Mul(hn::Set(d, window[2 * m + 1]), hn::Load(d, samples + (2 * m + 1) * lanes));
  }
};

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
