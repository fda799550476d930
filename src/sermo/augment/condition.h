// One way in which a recording can be worse than it was: what was done to it, with every number,
// and a name that says so and reads back.
//
//   condition = "clean" | [speed " + "] step {" + " step}
//   speed     = "speed 0.9"                     faster and higher by that factor; always first
//   step      = "noise white 20 dB"             white, pink, half-pink or speech (noise.h); root
//   mean
//                                               square of the whole recording to that of the noise
//             | "babble 10 dB"                  other talkers (talkers.h), likewise
//             | "low-pass 4 kHz"
//             | "band-pass 200 7000 Hz"         | "telephone" for 300 to 3400 Hz (dsp/fir.h)
//             | "room 0.4 s" ["direct 3 dB"]    reverberation time and direct-to-reverberant ratio,
//                                               0 dB where it is not said (room.h)
//             | "gain -20 dB"
//
// Steps are taken in the order of the name. Thread rule: plain values, pure functions.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::augment {

enum class NoiseColour { kWhite, kPink, kHalfPink, kSpeech };

struct Noise {
  NoiseColour colour = NoiseColour::kWhite;
  double snr_db = 20.0;  // -20 to 60
  bool operator==(const Noise&) const = default;
};
struct Babble {
  double snr_db = 10.0;  // -20 to 60
  bool operator==(const Babble&) const = default;
};
struct LowPass {
  double edge_khz = 4.0;  // 0.5 to 20
  bool operator==(const LowPass&) const = default;
};
struct BandPass {
  double low_hz = 300.0;    // 50 or more
  double high_hz = 3400.0;  // low_hz + 300 to 20000
  bool operator==(const BandPass&) const = default;
};
struct Room {
  double rt60_s = 0.4;     // 0.02 to 5
  double direct_db = 0.0;  // -30 to 40
  bool operator==(const Room&) const = default;
};
struct Gain {
  double db = 0.0;  // -60 to 40
  bool operator==(const Gain&) const = default;
};
using Step = std::variant<Noise, Babble, LowPass, BandPass, Room, Gain>;

struct Condition {
  double speed = 1.0;  // 0.5 to 2
  std::vector<Step> steps;

  bool operator==(const Condition&) const = default;
};

// Numbers in the shortest form that reads back as the same ones.
std::string name_of(const Condition& condition);

// What sort of condition it is, without numbers: the first words of its steps, as in "room +
// noise", "band-pass" for a telephone; "speed" only where that is all.
std::string kind_of(const Condition& condition);

// kUsage for anything that is no name, or a number out of its range.
Result<Condition> parse_condition(std::string_view name);

// Whether some step mixes in other talkers.
bool needs_talkers(const Condition& condition);

}  // namespace sermo::augment
