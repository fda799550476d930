// The schema `librosa-110`: what the original project computed with librosa, number for number.
//
// 110 features of mono samples at 22,050 Hz, each the mean or the standard deviation over the
// frames (2048 samples every 512) of: 13 MFCC and their deltas, 12 chroma, 7 spectral contrast,
// 6 tonal centroids of the harmonic part, zero crossing rate, loudness, spectral centroid and
// rolloff. Equals librosa 0.11.0 with its defaults; docs/parity.md says how closely.
//
// Failures: kTooShort (fewer than kMinSamples), kSilent (every sample is zero), kNotFinite. Thread
// rule: as Extractor.
#pragma once

#include <cstddef>
#include <memory>

#include "sermo/base/result.h"
#include "sermo/features/extractor.h"

namespace sermo::features {

// Nine frames, the width of a delta: 0.186 s.
inline constexpr size_t kLibrosa110MinSamples = 4096;

std::shared_ptr<const Extractor> make_librosa110();

}  // namespace sermo::features
