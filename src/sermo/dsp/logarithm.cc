#include "sermo/dsp/logarithm.h"

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/logarithm.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void log_of(const FrameMatrix& in, float floor, FrameMatrix& out) {
  const hn::CappedTag<float, kFramePadding> d;
  const auto floor_value = hn::Set(d, floor);
  for (size_t r = 0; r < in.num_rows(); ++r) {
    for (size_t f = 0; f < in.num_frames(); f += hn::Lanes(d)) {
      const auto x = hn::Add(hn::Load(d, in.row(r) + f), floor_value);
      hn::Store(hn::Log(d, x), d, out.row(r) + f);
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(log_of);

void natural_log(const FrameMatrix& in, float floor, FrameMatrix& out) {
  out.resize(in.num_rows(), in.num_frames());
  HWY_DYNAMIC_DISPATCH(log_of)(in, floor, out);
}

}  // namespace sermo::dsp
#endif
