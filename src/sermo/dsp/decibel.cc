#include "sermo/dsp/decibel.h"

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/decibel.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void to_db(const FrameMatrix& power, FrameMatrix& db) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  const size_t num_frames = power.num_frames();
  const V min_power = hn::Set(d, kMinPower);
  const V ten = hn::Set(d, 10.0f);
  const V lowest = hn::Set(d, 10.0f * -10.0f);
  V largest = lowest;
  for (size_t r = 0; r < power.num_rows(); ++r) {
    for (size_t f = 0; f < num_frames; f += hn::Lanes(d)) {
      const V value = hn::Max(min_power, hn::Load(d, power.row(r) + f));
      const V level = hn::Mul(ten, hn::Log10(d, value));
      hn::Store(level, d, db.row(r) + f);
      // Frames of the padding must not raise the floor.
      const auto is_frame = hn::FirstN(d, num_frames - f);
      largest = hn::Max(largest, hn::IfThenElse(is_frame, level, lowest));
    }
  }
  const V floor = hn::Sub(hn::MaxOfLanes(d, largest), hn::Set(d, kTopDb));
  for (size_t r = 0; r < power.num_rows(); ++r) {
    for (size_t f = 0; f < num_frames; f += hn::Lanes(d)) {
      hn::Store(hn::Max(floor, hn::Load(d, db.row(r) + f)), d, db.row(r) + f);
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(to_db);

void power_to_db(const FrameMatrix& power, FrameMatrix& db) {
  db.resize(power.num_rows(), power.num_frames());
  HWY_DYNAMIC_DISPATCH(to_db)(power, db);
}

}  // namespace sermo::dsp
#endif
