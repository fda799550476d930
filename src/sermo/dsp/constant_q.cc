#include "sermo/dsp/constant_q.h"

#include <fmt/format.h>

#include <cmath>

#include "sermo/audio/resample.h"
#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/constant_q.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Rows first_row ... of `magnitude` from the filters of `basis`. The spectrum begins at the basis'
// first bin, and may have more frames than the magnitude, which are left out.
void apply_basis(const ConstantQBasis& basis, const Spectrum& spectrum, size_t first_row,
                 FrameMatrix& magnitude) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  const size_t stride = spectrum.re.stride();
  for (size_t f = 0; f < magnitude.num_frames(); f += hn::Lanes(d)) {
    const float* re_from = spectrum.re.data() + f;
    const float* im_from = spectrum.im.data() + f;
    for (size_t r = 0; r < basis.num_rows(); ++r) {
      V re = hn::Zero(d);
      V im = hn::Zero(d);
      for (size_t i = basis.row_starts[r]; i < basis.row_starts[r + 1]; ++i) {
        const ConstantQBasis::Entry& entry = basis.entries[i];
        const size_t bin = entry.bin - basis.first_bin;
        const V weight_re = hn::Set(d, entry.re);
        const V weight_im = hn::Set(d, entry.im);
        const V bin_re = hn::Load(d, re_from + bin * stride);
        const V bin_im = hn::Load(d, im_from + bin * stride);
        re = hn::NegMulAdd(weight_im, bin_im, hn::MulAdd(weight_re, bin_re, re));
        im = hn::MulAdd(weight_im, bin_re, hn::MulAdd(weight_re, bin_im, im));
      }
      const V power = hn::MulAdd(re, re, hn::Mul(im, im));
      hn::Store(hn::Sqrt(power), d, magnitude.row(first_row + r) + f);
    }
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(apply_basis);

const ConstantQBasis& ConstantQWorkspace::basis_for(double tuning,
                                                    const ConstantQBasisBuilder& builder) {
  for (const auto& [known, basis] : bases_)
    if (known == tuning) return basis;
  return bases_.emplace_back(tuning, builder.build(tuning, basis_workspace_)).second;
}

Result<ConstantQ> ConstantQ::create(const Options& options) {
  if (options.num_octaves < 1 || options.num_octaves > 16 ||
      options.hop_length % (size_t{1} << options.num_octaves) != 0) {
    return fail(ErrorCode::kUsage,
                fmt::format("constant-Q transform of {} octaves: got hop length {}, wanted a "
                            "multiple of 2^octaves",
                            options.num_octaves, options.hop_length));
  }
  const double octave_hz = options.min_hz * std::exp2(options.num_octaves - 1);
  // From two octaves of room on librosa halves the rate beforehand. The highest filter may be half
  // a row down.
  const double highest_hz =
      octave_hz * std::exp2((options.bins_per_octave - 1.5) / options.bins_per_octave);
  if (4.0 * highest_hz < options.sample_rate_hz / 2.0) {
    return fail(ErrorCode::kUsage,
                fmt::format("constant-Q transform up to {} Hz: too far below half the sample rate "
                            "of {} Hz",
                            highest_hz, options.sample_rate_hz));
  }
  SERMO_TRY(ConstantQBasisBuilder builder,
            ConstantQBasisBuilder::create({.sample_rate_hz = options.sample_rate_hz,
                                           .octave_hz = octave_hz,
                                           .bins_per_octave = options.bins_per_octave}));
  std::vector<Stft> stfts;
  for (int octave = 0; octave < options.num_octaves; ++octave) {
    Result<Stft> stft = Stft::create({.n_fft = builder.n_fft(),
                                      .hop_length = options.hop_length >> octave,
                                      .window = Window::kRectangular});
    if (!stft) return fail(std::move(stft.error()));
    stfts.push_back(*std::move(stft));
  }
  return ConstantQ(options, std::move(builder), std::move(stfts));
}

void ConstantQ::transform(std::span<const float> samples, double tuning, FrameMatrix& magnitude,
                          ConstantQWorkspace& workspace) const {
  const ConstantQBasis& basis = workspace.basis_for(tuning, builder_);
  magnitude.resize(num_rows(), stfts_.front().num_frames(samples.size()));
  for (size_t octave = 0; octave < stfts_.size(); ++octave) {
    if (octave > 0) {
      std::vector<float>& halved = workspace.halved_[octave % 2];
      SERMO_CHECK(audio::resample(samples, 2000, 1000, halved).has_value(), "rates can be halved");
      // librosa's resampler keeps the energy, not the amplitude.
      for (float& s : halved) s = static_cast<float>(static_cast<double>(s) / std::sqrt(0.5));
      samples = halved;
    }
    stfts_[octave].transform_bins(samples, basis.first_bin, basis.end_bin, workspace.spectrum_,
                                  workspace.stft_);
    HWY_DYNAMIC_DISPATCH(apply_basis)
    (basis, workspace.spectrum_, num_rows() - (octave + 1) * basis.num_rows(), magnitude);
  }
}

}  // namespace sermo::dsp
#endif
