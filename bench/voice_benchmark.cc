// The stages of the sermo-voice features, one by one, and all of them: milliseconds for a clip of
// 3.7 s (the length of a RAVDESS clip), made of a golden clip of speech again and again.
//
// `from_samples` is what the extractor takes; `from_48_khz` resamples before it. With a recording
// in SERMO_BENCHMARK_FILE, `from_file` decodes it, resamples and extracts. A RAVDESS clip's loud
// part is half of it, so there the stages after the first take half of what they take here.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/audio/resample.h"
#include "sermo/dsp/contour_statistics.h"
#include "sermo/dsp/covariance.h"
#include "sermo/dsp/logarithm.h"
#include "sermo/dsp/loud_part.h"
#include "sermo/features/extractor.h"
#include "sermo/features/voice/contours.h"
#include "sermo/features/voice/log_covariance.h"
#include "sermo/features/voice/modulation.h"
#include "speech.h"
#include "stages.h"

namespace {

using namespace sermo;  // NOLINT: a program, not a header
using benchmark::State;

constexpr size_t kNumSamples = 59200;
constexpr dsp::FrameCut kCut{160, 400};

// What every stage starts from.
struct Clip {
  Clip() {
    padded.assign(samples, 0.5f);
    analysis.analyse(samples, contours, workspace);
    num_frames = contours.num_frames();
    transform.apply(padded, 0, piece_frames, power, fft);
    mel.apply(power, bands);
    scatter.compute(contours.mfcc, 0, num_frames);
    cepstra.resize(26, num_frames);
    for (size_t r = 0; r < 26; ++r)
      for (size_t f = 0; f < num_frames; ++f) cepstra(r, f) = contours.log_mel(r, f);
    full.compute(cepstra, 0, num_frames);
  }
  std::vector<float> samples = bench::speech("voice/speech.npz", kNumSamples);
  features::VoiceAnalysis analysis;
  features::VoiceAnalysisWorkspace workspace;
  features::VoiceContours contours;
  size_t num_frames = 0;
  size_t piece_frames = 64;
  dsp::PaddedClip padded;
  dsp::FramePower transform = *dsp::FramePower::create({});
  dsp::FftWorkspace fft;
  dsp::MelFilterbank mel = *dsp::MelFilterbank::create(
      {.sample_rate_hz = 16000, .n_fft = 512, .num_mels = 26, .scale = dsp::MelScale::kHtk});
  dsp::Dct dct = *dsp::Dct::create({.num_inputs = 26, .num_coefficients = 20});
  dsp::SpectralProfile profile = *dsp::SpectralProfile::create({});
  dsp::SpectralProfile::State state;
  dsp::PitchTracker pitch = *dsp::PitchTracker::create({});
  dsp::PitchWorkspace pitch_workspace;
  dsp::PitchTrack track;
  dsp::FrameMatrix power, log_power, rows, bands, cepstrum, cepstra, modulations;
  dsp::Scatter scatter, full;
  dsp::ContourStatistics statistics;
  features::ModulationSpectrum modulation;
  std::vector<float> logs = std::vector<float>(351);
};

SERMO_STAGE(loud_part, benchmark::DoNotOptimize(dsp::loud_part(c.samples)));
SERMO_STAGE(pitch, c.pitch.track(c.padded, c.track, c.pitch_workspace));
SERMO_STAGE(contours, c.analysis.analyse(c.samples, c.contours, c.workspace));
SERMO_STAGE(statistics_of_39_contours,
            for (size_t r = 0; r < 20; ++r)
                benchmark::DoNotOptimize(c.statistics.compute(c.contours.mfcc.frames(r)));
            for (size_t r = 0; r < 19; ++r)
                benchmark::DoNotOptimize(c.statistics.compute(c.contours.spectral.frames(r))));
SERMO_STAGE(covariances, c.full.compute(c.cepstra, 0, c.num_frames));
SERMO_STAGE(log_covariance, features::log_covariance(c.full, c.logs));
SERMO_STAGE(modulation,
            const dsp::FrameMatrix* const groups[] = {&c.contours.mfcc, &c.contours.log_mel,
                                                      &c.contours.energy};
            c.modulation.compute(groups, c.modulations));
// These of the first 64 frames only, as the extractor takes them in pieces.
SERMO_STAGE(power_of_64_frames, c.transform.apply(c.padded, 0, c.piece_frames, c.power, c.fft));
SERMO_STAGE(mfcc_of_64_frames, c.mel.apply(c.power, c.bands);
            dsp::natural_log(c.bands, 1e-8f, c.bands); c.dct.apply(c.bands, c.cepstrum));
SERMO_STAGE(profile_of_64_frames, c.state.reset();
            c.profile.apply(c.power, c.state, c.log_power, c.rows));

// A whole extraction after `prepare` has made the samples.
template <class Prepare>
void time_extraction(State& state, Prepare prepare) {
  const auto extractor = *features::find_extractor("sermo-voice");
  const auto workspace = extractor->make_workspace();
  std::vector<float> out(extractor->schema().num_features());
  for (auto _ : state) {
    const std::vector<float> samples = prepare(extractor->sample_rate_hz());
    if (!extractor->extract(samples, out, *workspace)) std::exit(1);
    benchmark::ClobberMemory();
  }
}

void from_samples(State& state) {
  const std::vector<float> samples = bench::speech("voice/speech.npz", kNumSamples);
  time_extraction(state, [&](int) { return samples; });
}
BENCHMARK(from_samples)->Unit(benchmark::kMillisecond);

void from_48_khz(State& state) {
  const std::vector<float> samples =
      *audio::resample(bench::speech("voice/speech.npz", kNumSamples), 16000, 48000);
  time_extraction(state, [&](int rate_hz) { return *audio::resample(samples, 48000, rate_hz); });
}
BENCHMARK(from_48_khz)->Unit(benchmark::kMillisecond);

void from_file(State& state) {
  const char* path = std::getenv("SERMO_BENCHMARK_FILE");
  if (path == nullptr) {
    state.SkipWithError("no SERMO_BENCHMARK_FILE");
    return;
  }
  time_extraction(state, [&](int rate_hz) {
    const audio::DecodedAudio audio = *audio::decode_file(path);
    return *audio::resample(audio.samples, audio.format.sample_rate_hz, rate_hz);
  });
}
BENCHMARK(from_file)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
