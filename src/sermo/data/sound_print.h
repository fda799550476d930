// What a recording sounds like, in a few hundred words: copies are found by it, whatever was done
// to them.
//
// One 32-bit word each 16 ms: a bit says whether, from this frame (256 ms) to the next, the energy
// of a band gains on that of the band above; 33 bands a third of a semitone to three wide between
// 300 and 2000 Hz. Level has no say, lossy coding little, and a cut shifts the words. Words of two
// recordings agree in half their bits, those of a copy in nine of ten. Reference: Haitsma & Kalker,
// "A Highly Robust Audio Fingerprinting System", ISMIR 2002. Thread rule: plain values, pure
// functions.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"

namespace sermo::data {

struct SoundPrint {
  std::vector<uint32_t> words;
  std::vector<bool> loud;  // one a word: within 30 dB of the recording's loudest frame
};

// The errors of audio::resample. A recording shorter than a frame has few words, and is like no
// other.
Result<SoundPrint> sound_print(const audio::DecodedAudio& audio);

// Two recordings of which one is a copy of the other, or of a part of it.
struct SoundCopy {
  size_t first = 0;  // positions in what was given, first < second
  size_t second = 0;
  double likeness = 0.0;  // share of equal bits where either is loud; 1 for the same sound
};

inline constexpr double kCopyLikeness = 0.8;  // of a copy, at least

// All pairs of copies, ordered by position. Only recordings that have two words in common at one
// distance in time are compared further, so the time grows little faster than their number.
std::vector<SoundCopy> find_copies(std::span<const SoundPrint> prints);

}  // namespace sermo::data
