// Vectors whose lanes are frames, for the instruction set at hand.
#if defined(SERMO_DSP_FRAME_VECTORS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SERMO_DSP_FRAME_VECTORS_INL_H_
#undef SERMO_DSP_FRAME_VECTORS_INL_H_
#else
#define SERMO_DSP_FRAME_VECTORS_INL_H_
#endif

#include <hwy/highway.h>

#include "sermo/dsp/frame_matrix.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using D = hn::CappedTag<float, kFramePadding>;
using V = hn::Vec<D>;

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // toggle
