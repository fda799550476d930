#include "sermo/dsp/chroma_cqt.h"

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/chroma_cqt.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/normalize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void add_up_classes(const FrameMatrix& magnitude, size_t bins_per_octave, FrameMatrix& chroma) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  const size_t bins_per_class = bins_per_octave / kNumChroma;
  const size_t half = bins_per_class / 2;
  for (size_t f = 0; f < magnitude.num_frames(); f += hn::Lanes(d)) {
    V sums[kNumChroma];
    for (V& sum : sums) sum = hn::Zero(d);
    for (size_t octave = 0; octave < magnitude.num_rows(); octave += bins_per_octave) {
      for (size_t c = 0; c < kNumChroma; ++c) {
        for (size_t i = 0; i < bins_per_class; ++i) {
          // The rows below the octave's C are those below its end: each octave is a circle.
          const size_t bin = (c * bins_per_class + i + bins_per_octave - half) % bins_per_octave;
          sums[c] = hn::Add(sums[c], hn::Load(d, magnitude.row(octave + bin) + f));
        }
      }
    }
    normalize_max(d, sums);
    for (size_t c = 0; c < kNumChroma; ++c) hn::Store(sums[c], d, chroma.row(c) + f);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(add_up_classes);

void chroma_cqt(const FrameMatrix& magnitude, size_t bins_per_octave, FrameMatrix& chroma) {
  SERMO_CHECK(bins_per_octave > 0 && bins_per_octave % kNumChroma == 0,
              "every class has as many rows");
  SERMO_CHECK(magnitude.num_rows() % bins_per_octave == 0, "a transform has whole octaves");
  chroma.resize(kNumChroma, magnitude.num_frames());
  HWY_DYNAMIC_DISPATCH(add_up_classes)(magnitude, bins_per_octave, chroma);
}

}  // namespace sermo::dsp
#endif
