#include "sermo/dsp/tonal_centroid.h"

#include <array>
#include <cmath>
#include <numbers>

#include "sermo/base/check.h"
#include "sermo/dsp/chroma_filterbank.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/tonal_centroid.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/normalize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// projection: [kNumTonalCentroids][kNumChroma].
void project(const FrameMatrix& chroma, const float* projection, FrameMatrix& centroids) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  for (size_t f = 0; f < chroma.num_frames(); f += hn::Lanes(d)) {
    V classes[kNumChroma];
    for (size_t c = 0; c < kNumChroma; ++c) classes[c] = hn::Load(d, chroma.row(c) + f);
    normalize_sum(d, classes);
    for (size_t row = 0; row < kNumTonalCentroids; ++row) {
      V sum = hn::Zero(d);
      for (size_t c = 0; c < kNumChroma; ++c)
        sum = hn::MulAdd(classes[c], hn::Set(d, projection[row * kNumChroma + c]), sum);
      hn::Store(sum, d, centroids.row(row) + f);
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(project);

namespace {

using Projection = std::array<float, kNumTonalCentroids * kNumChroma>;

Projection make_projection() {
  struct Circle {
    double half_turns_per_semitone;
    double radius;
  };
  constexpr std::array<Circle, 3> kCircles = {
      {{7.0 / 6.0, 1.0}, {3.0 / 2.0, 1.0}, {2.0 / 3.0, 0.5}}};
  Projection projection;
  for (size_t row = 0; row < kNumTonalCentroids; ++row) {
    const Circle& circle = kCircles[row / 2];
    const double shift = row % 2 == 0 ? -0.5 : 0.0;  // a sine as a cosine
    for (size_t c = 0; c < kNumChroma; ++c) {
      const double half_turns = circle.half_turns_per_semitone * static_cast<double>(c) + shift;
      projection[row * kNumChroma + c] =
          static_cast<float>(circle.radius * std::cos(std::numbers::pi * half_turns));
    }
  }
  return projection;
}

}  // namespace

void tonal_centroids(const FrameMatrix& chroma, FrameMatrix& centroids) {
  SERMO_CHECK(chroma.num_rows() == kNumChroma, "a chroma vector has twelve classes");
  static const Projection kProjection = make_projection();
  centroids.resize(kNumTonalCentroids, chroma.num_frames());
  HWY_DYNAMIC_DISPATCH(project)(chroma, kProjection.data(), centroids);
}

}  // namespace sermo::dsp
#endif
