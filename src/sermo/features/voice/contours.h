// The contours of a voice: what every 10 ms of a clip sound like. All voice descriptors are made
// of these.
//
// The clip is first cut down to its loud part (dsp/loud_part.h) and scaled to a peak of 0.5, so
// that neither silence around it nor its level matters. Equals reference/voice/descriptors.py
// `low_level` in float32. Thread rule: VoiceAnalysis is immutable; contours and workspace belong to
// one thread at a time and are reused from clip to clip.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "sermo/dsp/dct.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/frame_power.h"
#include "sermo/dsp/mel_filterbank.h"
#include "sermo/dsp/pitch_tracker.h"
#include "sermo/dsp/spectral_profile.h"

namespace sermo::features {

inline constexpr int kVoiceSampleRateHz = 16000;
inline constexpr size_t kVoiceHopSamples = 160;
inline constexpr size_t kNumVoiceMfcc = 20;
inline constexpr size_t kNumVoiceMel = 26;
inline constexpr size_t kNumVoiceSpectral = 19;

// Every matrix is [rows][frames].
struct VoiceContours {
  size_t first_sample = 0;        // of the loud part; frame t is centred on first_sample + 160 t
  dsp::FrameMatrix mfcc;          // [20], of 26 log mel bands with emphasised high frequencies
  dsp::FrameMatrix log_mel;       // [26]
  dsp::FrameMatrix spectral;      // [19], see voice_spectral_names() in names.h
  dsp::FrameMatrix energy;        // [1], ln of the windowed frame's spectral power
  dsp::FrameMatrix f0;            // [1], semitones above 55 Hz, 0 where unvoiced
  dsp::FrameMatrix hnr;           // [1], dB, harmonics to noise
  dsp::FrameMatrix perturbation;  // [2], |change| of f0 and of the peak in dB since the frame
                                  // before; 0 unless both are voiced
  dsp::FrameMatrix harmonics;     // [3], dB: first less second harmonic, first less third, first
                                  // less the strongest bin between 2.5 and 3.5 kHz
  dsp::PitchTrack pitch;
  std::vector<std::uint8_t> voiced_pair;  // 1 where a frame and the one before are voiced

  size_t num_frames() const { return pitch.num_frames(); }
};

class VoiceAnalysisWorkspace {
 private:
  friend class VoiceAnalysis;
  dsp::PaddedClip clip_;
  dsp::PaddedClip emphasised_;
  dsp::PitchWorkspace pitch_;
  dsp::FftWorkspace fft_;
  dsp::SpectralProfile::State profile_state_;
  dsp::FrameMatrix power_;
  dsp::FrameMatrix log_power_;
  dsp::FrameMatrix profile_;
  dsp::FrameMatrix mel_;
  dsp::FrameMatrix cepstrum_;
  std::vector<float> peaks_;
  std::vector<float> crossings_;
};

class VoiceAnalysis {
 public:
  VoiceAnalysis();

  // `samples`: mono at 16 kHz, finite, at least three hops.
  void analyse(std::span<const float> samples, VoiceContours& contours,
               VoiceAnalysisWorkspace& workspace) const;

 private:
  void analyse_piece(size_t first, size_t num_frames, VoiceContours& contours,
                     VoiceAnalysisWorkspace& w) const;

  dsp::FramePower power_;
  dsp::MelFilterbank mel_;
  dsp::Dct dct_;
  dsp::SpectralProfile profile_;
  dsp::PitchTracker pitch_;
};

}  // namespace sermo::features
