#include "sermo/dsp/chroma_stft.h"

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/chroma_stft.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/normalize-inl.h"

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void apply_filterbank(const FrameMatrix& power, const float* weights, FrameMatrix& chroma) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  for (size_t f = 0; f < power.num_frames(); f += hn::Lanes(d)) {
    V sums[kNumChroma];
    for (V& sum : sums) sum = hn::Zero(d);
    const float* at = power.data() + f;
    const float* w = weights;
    for (size_t k = 0; k < power.num_rows(); ++k, at += power.stride(), w += kNumChroma) {
      const V value = hn::Load(d, at);
      for (size_t c = 0; c < kNumChroma; ++c)
        sums[c] = hn::MulAdd(value, hn::Set(d, w[c]), sums[c]);
    }
    normalize_max(d, sums);
    for (size_t c = 0; c < kNumChroma; ++c) hn::Store(sums[c], d, chroma.row(c) + f);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(apply_filterbank);

Result<ChromaStft> ChromaStft::create(const ChromaFilterbank::Options& options) {
  SERMO_TRY(ChromaFilterbank filterbank, ChromaFilterbank::create(options));
  return ChromaStft(std::move(filterbank));
}

void ChromaStft::compute(const FrameMatrix& power, double tuning, FrameMatrix& chroma,
                         ChromaStftWorkspace& workspace) const {
  SERMO_CHECK(power.num_rows() == filterbank_.num_bins(), "a spectrogram has n_fft / 2 + 1 bins");
  const size_t num_weights = filterbank_.num_bins() * kNumChroma;
  workspace.weights_.reserve(num_weights);
  filterbank_.weights(tuning, {workspace.weights_.data(), num_weights});
  chroma.resize(kNumChroma, power.num_frames());
  HWY_DYNAMIC_DISPATCH(apply_filterbank)(power, workspace.weights_.data(), chroma);
}

}  // namespace sermo::dsp
#endif
