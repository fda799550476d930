// The tonal stages on a clip of 3.7 s, each by itself: milliseconds per clip on one thread.
//
// The clip is a chord that glides under noise, so that there are peaks to find and medians differ.
// Stages run on several clips in turn, more than the second-level cache holds.
#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <numbers>
#include <random>
#include <vector>

#include "sermo/audio/resample.h"
#include "sermo/dsp/chroma_cqt.h"
#include "sermo/dsp/chroma_stft.h"
#include "sermo/dsp/harmonic_tonnetz.h"
#include "sermo/dsp/power.h"
#include "sermo/dsp/tonal_centroid.h"

namespace {

using namespace sermo::dsp;

constexpr size_t kNumSamples = 81585;
constexpr size_t kNumClips = 4;

// One clip, and what every stage makes of it.
struct Clip {
  std::vector<float> samples;
  Spectrum spectrum;
  FrameMatrix magnitude, power;
  Spectrum harmonic_spectrum;
  FrameMatrix harmonic_magnitude;
  std::vector<float> harmonic;
  FrameMatrix constant_q, chroma, tonnetz;
};

std::vector<float> make_samples(unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> samples(kNumSamples);
  double phase = 0.0;
  for (size_t n = 0; n < kNumSamples; ++n) {
    const double t = static_cast<double>(n) / 22050.0;
    phase += 2.0 * std::numbers::pi * (150.0 + 30.0 * seed + 20.0 * std::sin(3.0 * t)) / 22050.0;
    double value = 0.02 * normal(random);
    for (int partial = 1; partial < 12; ++partial)
      value += 0.2 * std::sin(partial * phase) / partial;
    samples[n] = static_cast<float>(value);
  }
  return samples;
}

struct Fixture {
  Stft stft = *Stft::create({});
  InverseStft inverse_stft = *InverseStft::create({});
  TuningEstimator tuning12 = *TuningEstimator::create({});
  TuningEstimator tuning36 = *TuningEstimator::create({.peaks = {}, .bins_per_octave = 36});
  ChromaStft chroma_stft = *ChromaStft::create({});
  ConstantQBasisBuilder basis = *ConstantQBasisBuilder::create({});
  ConstantQ constant_q = *ConstantQ::create({});
  HarmonicTonnetz pipeline = *HarmonicTonnetz::create({});

  StftWorkspace stft_workspace;
  InverseStftWorkspace inverse_workspace;
  HpssWorkspace hpss_workspace;
  TuningWorkspace tuning_workspace;
  ChromaStftWorkspace chroma_workspace;
  ConstantQBasisWorkspace basis_workspace;
  ConstantQWorkspace constant_q_workspace;
  HarmonicTonnetzWorkspace workspace;
  std::array<Clip, kNumClips> clips;
  FrameMatrix out;
  std::vector<float> samples_out;
  Spectrum spectrum_out;

  Fixture() {
    unsigned seed = 0;
    for (Clip& clip : clips) {
      clip.samples = make_samples(seed++);
      stft.transform(clip.samples, clip.spectrum, clip.magnitude, stft_workspace);
      power_of(clip.magnitude, clip.power);
      harmonic_part(clip.spectrum, clip.magnitude, clip.harmonic_spectrum, hpss_workspace);
      inverse_stft.transform(clip.harmonic_spectrum, kNumSamples, clip.harmonic, inverse_workspace);
      stft.transform(clip.harmonic, spectrum_out, clip.harmonic_magnitude, stft_workspace);
      constant_q.transform(clip.harmonic, 0.1, clip.constant_q, constant_q_workspace);
      chroma_cqt(clip.constant_q, 36, clip.chroma);
    }
  }
};

Fixture& fixture() {
  static Fixture instance;
  return instance;
}

template <class Stage>
void run(benchmark::State& state, const Stage& stage) {
  Fixture& f = fixture();
  size_t i = 0;
  for (auto _ : state) {
    stage(f, f.clips[i]);
    benchmark::ClobberMemory();
    i = (i + 1) % kNumClips;
  }
}

#define SERMO_STAGE(name, ...)              \
  void name(benchmark::State& state) {      \
    run(state, [](Fixture& f, Clip& clip) { \
      static_cast<void>(f);                 \
      static_cast<void>(clip);              \
      __VA_ARGS__;                          \
    });                                     \
  }                                         \
  BENCHMARK(name)->Unit(benchmark::kMillisecond)

SERMO_STAGE(stft, f.stft.transform(clip.samples, f.spectrum_out, f.out, f.stft_workspace));
SERMO_STAGE(tuning_of_power,
            benchmark::DoNotOptimize(f.tuning12.estimate(clip.power, f.tuning_workspace)));
SERMO_STAGE(chroma_of_power, f.chroma_stft.compute(clip.power, 0.1, f.out, f.chroma_workspace));
SERMO_STAGE(median_over_bins,
            median_over_rows(clip.magnitude, f.out, f.hpss_workspace.median_filter));
SERMO_STAGE(median_over_time,
            median_over_frames(clip.magnitude, f.out, f.hpss_workspace.median_filter));
SERMO_STAGE(hpss, harmonic_part(clip.spectrum, clip.magnitude, f.spectrum_out, f.hpss_workspace));
SERMO_STAGE(inverse_stft, f.inverse_stft.transform(clip.harmonic_spectrum, kNumSamples,
                                                   f.samples_out, f.inverse_workspace));
SERMO_STAGE(stft_of_harmonic,
            f.stft.transform(clip.harmonic, f.spectrum_out, f.out, f.stft_workspace));
SERMO_STAGE(tuning_of_harmonic,
            benchmark::DoNotOptimize(f.tuning36.estimate(clip.harmonic_magnitude,
                                                         f.tuning_workspace)));
SERMO_STAGE(constant_q_basis, benchmark::DoNotOptimize(f.basis.build(0.1, f.basis_workspace)));
SERMO_STAGE(constant_q, f.constant_q.transform(clip.harmonic, 0.1, f.out, f.constant_q_workspace));
SERMO_STAGE(chroma_of_constant_q, chroma_cqt(clip.constant_q, 36, f.out));
SERMO_STAGE(tonal_centroid, tonal_centroids(clip.chroma, f.out));
// Everything from hpss to tonal_centroid; the bases of the clips' tunings are known after one
// round.
SERMO_STAGE(harmonic_tonnetz,
            f.pipeline.compute(clip.spectrum, clip.magnitude, kNumSamples, f.out, f.workspace));

void halving_six_times(benchmark::State& state) {
  std::array<std::vector<float>, 2> halved;
  for (auto _ : state) {
    std::span<const float> samples = fixture().clips[0].harmonic;
    for (size_t octave = 0; octave < 6; ++octave) {
      if (!sermo::audio::resample(samples, 2000, 1000, halved[octave % 2]))
        state.SkipWithError("resampling failed");
      samples = halved[octave % 2];
    }
  }
}
BENCHMARK(halving_six_times)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
