// How well a recording is made: level, clipping and silence, and what to tell its owner about it.
//
// Levels are in dB relative to full scale (a sample of magnitude 1 is 0 dB). Thread rule: pure
// functions.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace sermo::audio {

inline constexpr float kLevelFloor_db = -120.0F;  // what digital silence is given as

struct Quality {
  float peak_db = kLevelFloor_db;  // the largest magnitude
  float rms_db = kLevelFloor_db;   // the root of the mean square
  // Part of the samples, 0 to 1, that stand in runs of three or more of one sign within 0.1 dB of
  // full scale: what an overdriven microphone or converter leaves. Single peaks are not counted.
  float clipped_fraction = 0.0F;
  // Part of the 20 ms frames, 0 to 1, that are below -60 dB or more than 40 dB below the loudest
  // frame.
  float silent_fraction = 1.0F;
};

// The root of the mean square of some samples; kLevelFloor_db for none.
float level_db(std::span<const float> samples);

// `samples` are mono, as decoded, before resampling; `sample_rate_hz` is positive. No samples give
// the defaults above.
Quality measure_quality(std::span<const float> samples, int sample_rate_hz);

// A recording whose loudest sample is below this is called quiet. The quietest of the RAVDESS
// clips peaks at -44 dB.
inline constexpr float kQuietPeak_db = -45.0F;
// More than a thousandth of clipped samples is heard as distortion.
inline constexpr float kClippedFraction = 0.001F;
// A recording that is silent for more than this part, or holds less sound than this many seconds,
// is called mostly silent. Half of a RAVDESS clip is silent, 0.66 at the 95th percentile.
inline constexpr float kSilentFraction = 0.8F;
inline constexpr double kLeastSound_s = 0.3;
// A recording below this is called very short: the clips that models learn from last 2.9 s and more
// in RAVDESS, 1.2 s and more in EMO-DB.
inline constexpr double kShortClip_s = 1.0;

// At most one sentence each for shortness, clipping, low level and silence; empty for a sound
// recording.
std::vector<std::string> warnings(const Quality& quality, double duration_s);

}  // namespace sermo::audio
