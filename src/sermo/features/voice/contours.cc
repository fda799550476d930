#include "sermo/features/voice/contours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/dsp/logarithm.h"
#include "sermo/dsp/loud_part.h"

namespace sermo::features {
namespace {

constexpr dsp::FrameCut kFrames{kVoiceHopSamples, 400};       // 25 ms
constexpr dsp::FrameCut kPitchFrames{kVoiceHopSamples, 800};  // 50 ms
constexpr size_t kNumFft = 512;
constexpr float kPeak = 0.5f;
constexpr float kEmphasis = 0.97f;
constexpr size_t kPieceFrames = 64;  // whose spectra fit into the second-level cache

// The rows of the profile that are contours, in the order of voice_spectral_names(); the zero
// crossings follow them.
constexpr size_t kNumProfileContours = kNumVoiceSpectral - 1;
static_assert(dsp::SpectralProfile::kBand50To250 + 1 == kNumProfileContours);

// Our own constants are valid options.
template <typename T>
T valid(Result<T> result) {
  SERMO_CHECK(result.has_value(), "the options of sermo-voice are valid");
  return std::move(*result);
}

// Writes the frames of a piece into a clip's rows, from row `to_row` and frame `to_frame` on.
void put(const dsp::FrameMatrix& piece, size_t from_row, size_t num_rows, dsp::FrameMatrix& clip,
         size_t to_row, size_t to_frame) {
  for (size_t r = 0; r < num_rows; ++r) {
    std::copy_n(piece.row(from_row + r), piece.num_frames(), clip.row(to_row + r) + to_frame);
  }
}

// The strongest of the three bins around the `number`-th harmonic, in dB.
float harmonic_db(const dsp::FrameMatrix& log_power, size_t frame, float f0_hz, int number) {
  constexpr double kBinsPerHz = static_cast<double>(kNumFft) / kVoiceSampleRateHz;
  constexpr float kDbPerNeper = 4.342944819032518f;
  const double place =
      std::nearbyint(std::max(static_cast<double>(f0_hz), 60.0) * number * kBinsPerHz);
  const auto bin = static_cast<size_t>(std::clamp(place, 1.0, 255.0));
  return kDbPerNeper *
         std::max({log_power(bin - 1, frame), log_power(bin, frame), log_power(bin + 1, frame)});
}

float semitones(float f0_hz) {
  return static_cast<float>(12.0 * std::log2(std::max(static_cast<double>(f0_hz), 50.0) / 55.0));
}

}  // namespace

VoiceAnalysis::VoiceAnalysis()
    : power_(valid(dsp::FramePower::create({.cut = kFrames, .n_fft = kNumFft}))),
      mel_(valid(dsp::MelFilterbank::create({.sample_rate_hz = kVoiceSampleRateHz,
                                             .n_fft = kNumFft,
                                             .num_mels = kNumVoiceMel,
                                             .scale = dsp::MelScale::kHtk,
                                             .height = dsp::MelHeight::kUnitPeak,
                                             .lowest_hz = 20,
                                             .highest_hz = 8000}))),
      dct_(
          valid(dsp::Dct::create({.num_inputs = kNumVoiceMel, .num_coefficients = kNumVoiceMfcc}))),
      profile_(valid(
          dsp::SpectralProfile::create({.sample_rate_hz = kVoiceSampleRateHz, .n_fft = kNumFft}))),
      pitch_(valid(
          dsp::PitchTracker::create({.sample_rate_hz = kVoiceSampleRateHz, .cut = kPitchFrames}))) {
}

void VoiceAnalysis::analyse_piece(size_t first, size_t num_frames, VoiceContours& c,
                                  VoiceAnalysisWorkspace& w) const {
  constexpr float kMelFloor = 1e-8f;
  power_.apply(w.emphasised_, first, num_frames, w.power_, w.fft_);
  mel_.apply(w.power_, w.mel_);
  dsp::natural_log(w.mel_, kMelFloor, w.mel_);
  dct_.apply(w.mel_, w.cepstrum_);
  put(w.mel_, 0, kNumVoiceMel, c.log_mel, 0, first);
  put(w.cepstrum_, 0, kNumVoiceMfcc, c.mfcc, 0, first);

  power_.apply(w.clip_, first, num_frames, w.power_, w.fft_);
  profile_.apply(w.power_, w.profile_state_, w.log_power_, w.profile_);
  put(w.profile_, 0, kNumProfileContours, c.spectral, 0, first);
  put(w.profile_, dsp::SpectralProfile::kEnergy, 1, c.energy, 0, first);
  dsp::waveform_shape(w.clip_, kFrames, first, num_frames, w.peaks_.data() + first,
                      w.crossings_.data() + first);
  std::copy_n(w.crossings_.data() + first, num_frames, c.spectral.row(kNumProfileContours) + first);
  for (size_t f = 0; f < num_frames; ++f) {
    const float f0_hz = c.pitch.f0_hz[first + f];
    const float harmonic1 = harmonic_db(w.log_power_, f, f0_hz, 1);
    c.harmonics(0, first + f) = harmonic1 - harmonic_db(w.log_power_, f, f0_hz, 2);
    c.harmonics(1, first + f) = harmonic1 - harmonic_db(w.log_power_, f, f0_hz, 3);
    c.harmonics(2, first + f) = harmonic1 - w.profile_(dsp::SpectralProfile::kStrongest3kHz, f);
  }
}

void VoiceAnalysis::analyse(std::span<const float> samples, VoiceContours& c,
                            VoiceAnalysisWorkspace& w) const {
  const dsp::SampleRange loud = dsp::loud_part(samples, {.cut = kFrames});
  c.first_sample = loud.first;
  const std::span<const float> part = samples.subspan(loud.first, loud.size());
  double peak = 0;
  for (const float sample : part) peak = std::max(peak, std::abs(static_cast<double>(sample)));
  const auto scale = static_cast<float>(static_cast<double>(kPeak) / (peak + 1e-9));
  w.clip_.assign(part, scale);
  w.emphasised_.assign_emphasised(part, scale, kEmphasis);

  pitch_.track(w.clip_, c.pitch, w.pitch_);
  const size_t n = c.num_frames();
  c.mfcc.resize(kNumVoiceMfcc, n);
  c.log_mel.resize(kNumVoiceMel, n);
  c.spectral.resize(kNumVoiceSpectral, n);
  c.energy.resize(1, n);
  c.f0.resize(1, n);
  c.hnr.resize(1, n);
  c.perturbation.resize(2, n);
  c.harmonics.resize(3, n);
  c.voiced_pair.resize(n);
  w.peaks_.resize(dsp::padded_frames(n));
  w.crossings_.resize(dsp::padded_frames(n));

  w.profile_state_.reset();
  for (size_t first = 0; first < n; first += kPieceFrames) {
    analyse_piece(first, std::min(kPieceFrames, n - first), c, w);
  }

  float level_before_db = 0;
  for (size_t t = 0; t < n; ++t) {
    const bool is_voiced = c.pitch.voiced[t] != 0;
    const bool is_pair = t > 0 && is_voiced && c.pitch.voiced[t - 1] != 0;
    const auto periodicity = static_cast<double>(c.pitch.periodicity[t]);
    const auto level_db =
        static_cast<float>(20.0 * std::log10(static_cast<double>(w.peaks_[t]) + 1e-6));
    c.f0(0, t) = is_voiced ? semitones(c.pitch.f0_hz[t]) : 0.0f;
    c.hnr(0, t) = static_cast<float>(10.0 * std::log10(periodicity / (1.0 - periodicity)));
    c.perturbation(0, t) = is_pair ? std::abs(c.f0(0, t) - c.f0(0, t - 1)) : 0.0f;
    c.perturbation(1, t) = is_pair ? std::abs(level_db - level_before_db) : 0.0f;
    c.voiced_pair[t] = is_pair ? 1 : 0;
    level_before_db = level_db;
  }
}

}  // namespace sermo::features
