// The schema `sermo-voice`: 3,728 numbers about a voice, made for speakers never heard before.
//
// Of mono samples at 16,000 Hz: statistics of MFCC, of the shape of the spectrum, of F0,
// periodicity and harmonics, rhythm, the course of a clip in thirds and eighths, modulation spectra
// and covariances. They do not depend on the level of a clip or on silence around it.
// docs/features/sermo-voice.md lists every number; names.h is the table behind it. Equals
// reference/voice/descriptors.py; docs/parity-voice.md says how closely.
//
// Failures: kTooShort (fewer than kVoiceMinSamples), kSilent (every sample is zero), kNotFinite.
// Where a number is not defined (nothing voiced, a contour that never changes) it has a fixed
// value, 0 in most cases: see the page. Thread rule: as Extractor.
#pragma once

#include <cstddef>
#include <memory>

#include "sermo/features/extractor.h"

namespace sermo::features {

// 0.186 s: no recording is long enough for librosa-110 and too short for this.
inline constexpr size_t kVoiceMinSamples = 2972;

std::shared_ptr<const Extractor> make_sermo_voice();

}  // namespace sermo::features
