#include "sermo/dsp/harmonic_tonnetz.h"

#include "sermo/dsp/chroma_cqt.h"
#include "sermo/dsp/tonal_centroid.h"

namespace sermo::dsp {
namespace {

constexpr int kBinsPerOctave = 36;

}  // namespace

Result<HarmonicTonnetz> HarmonicTonnetz::create(const Options& options) {
  SERMO_TRY(Stft stft, Stft::create(options.stft));
  SERMO_TRY(InverseStft inverse_stft, InverseStft::create(options.stft));
  SERMO_TRY(TuningEstimator tuning,
            TuningEstimator::create(
                {.peaks = {.sample_rate_hz = options.sample_rate_hz, .n_fft = options.stft.n_fft},
                 .bins_per_octave = kBinsPerOctave}));
  SERMO_TRY(ConstantQ constant_q, ConstantQ::create({.sample_rate_hz = options.sample_rate_hz,
                                                     .bins_per_octave = kBinsPerOctave,
                                                     .hop_length = options.stft.hop_length}));
  return HarmonicTonnetz(std::move(stft), std::move(inverse_stft), std::move(tuning),
                         std::move(constant_q));
}

void HarmonicTonnetz::compute(const Spectrum& spectrum, const FrameMatrix& magnitude,
                              size_t num_samples, FrameMatrix& tonnetz,
                              HarmonicTonnetzWorkspace& workspace) const {
  HarmonicTonnetzWorkspace& w = workspace;
  harmonic_part(spectrum, magnitude, w.spectrum, w.hpss);
  inverse_stft_.transform(w.spectrum, num_samples, w.harmonic, w.inverse_stft);
  stft_.transform(w.harmonic, w.spectrum, w.magnitude, w.stft);
  w.tuning = tuning_.estimate(w.magnitude, w.tuning_workspace);
  constant_q_.transform(w.harmonic, w.tuning, w.constant_q, w.constant_q_workspace);
  chroma_cqt(w.constant_q, kBinsPerOctave, w.chroma);
  tonal_centroids(w.chroma, tonnetz);
}

}  // namespace sermo::dsp
