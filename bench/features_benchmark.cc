// The stages of the librosa-110 features, one by one, and all of them: milliseconds for a clip of
// 3.7 s (the length of a RAVDESS clip), made of a golden clip of speech again and again.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "sermo/dsp/chroma_stft.h"
#include "sermo/dsp/dct.h"
#include "sermo/dsp/decibel.h"
#include "sermo/dsp/delta.h"
#include "sermo/dsp/harmonic_tonnetz.h"
#include "sermo/dsp/mel_filterbank.h"
#include "sermo/dsp/power.h"
#include "sermo/dsp/spectral_contrast.h"
#include "sermo/dsp/spectral_shape.h"
#include "sermo/dsp/stft.h"
#include "sermo/dsp/time_domain.h"
#include "sermo/dsp/tuning.h"
#include "sermo/features/extractor.h"
#include "speech.h"
#include "stages.h"

namespace {

using namespace sermo;  // NOLINT: a program, not a header
using benchmark::State;

constexpr size_t kNumSamples = 81585;

// What every stage starts from.
struct Clip {
  Clip() {
    stft.transform(samples, spectrum, magnitude, workspace);
    dsp::power_of(magnitude, power);
    mel_filterbank.apply(power, mel);
    dsp::power_to_db(mel, log_mel);
    dct.apply(log_mel, mfcc);
    tuning = estimator.estimate(power, tuning_workspace);
  }
  std::vector<float> samples = bench::speech("features/speech.npz", kNumSamples);
  dsp::Stft stft = *dsp::Stft::create({});
  dsp::MelFilterbank mel_filterbank = *dsp::MelFilterbank::create({});
  dsp::Dct dct = *dsp::Dct::create({});
  dsp::TuningEstimator estimator = *dsp::TuningEstimator::create({});
  dsp::StftWorkspace workspace;
  dsp::TuningWorkspace tuning_workspace;
  dsp::Spectrum spectrum;
  dsp::FrameMatrix magnitude, power, mel, log_mel, mfcc, out;
  double tuning = 0;
};

SERMO_STAGE(stft_and_magnitude, c.stft.transform(c.samples, c.spectrum, c.magnitude, c.workspace));
SERMO_STAGE(power, dsp::power_of(c.magnitude, c.power));
SERMO_STAGE(mel, c.mel_filterbank.apply(c.power, c.mel));
SERMO_STAGE(decibel, dsp::power_to_db(c.mel, c.log_mel));
SERMO_STAGE(dct, c.dct.apply(c.log_mel, c.mfcc));
SERMO_STAGE(delta, dsp::delta(c.mfcc, c.out));
SERMO_STAGE(tuning, c.estimator.estimate(c.power, c.tuning_workspace));
SERMO_STAGE(centroid, dsp::spectral_centroid(c.magnitude, 22050, c.out));
SERMO_STAGE(rolloff, dsp::spectral_rolloff(c.magnitude, 22050, c.out));
SERMO_STAGE(zero_crossings, dsp::zero_crossing_rate(c.samples, c.out));
SERMO_STAGE(rms, dsp::root_mean_square(c.samples, c.out));

void chroma(State& state) {
  const dsp::ChromaStft stage = *dsp::ChromaStft::create({});
  dsp::ChromaStftWorkspace workspace;
  bench::time_stage<Clip>(state,
                          [&](Clip& c) { stage.compute(c.power, c.tuning, c.out, workspace); });
}
BENCHMARK(chroma)->Unit(benchmark::kMillisecond);

void contrast(State& state) {
  const dsp::SpectralContrast stage = *dsp::SpectralContrast::create({});
  dsp::SpectralContrast::Workspace workspace;
  bench::time_stage<Clip>(state, [&](Clip& c) { stage.apply(c.magnitude, c.out, workspace); });
}
BENCHMARK(contrast)->Unit(benchmark::kMillisecond);

void tonnetz(State& state) {
  const dsp::HarmonicTonnetz stage = *dsp::HarmonicTonnetz::create({});
  dsp::HarmonicTonnetzWorkspace workspace;
  bench::time_stage<Clip>(state, [&](Clip& c) {
    stage.compute(c.spectrum, c.magnitude, c.samples.size(), c.out, workspace);
  });
}
BENCHMARK(tonnetz)->Unit(benchmark::kMillisecond);

void all(State& state) {
  const auto extractor = *features::find_extractor("librosa-110");
  const auto workspace = extractor->make_workspace();
  std::vector<float> out(extractor->schema().num_features());
  bench::time_stage<Clip>(state, [&](Clip& c) {
    if (!extractor->extract(c.samples, out, *workspace)) std::exit(1);
  });
}
BENCHMARK(all)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
