// What a room adds to a voice: a made-up impulse response.
//
// The direct sound, 1 at sample 0, and from kFirstReflection_s on Gaussian noise whose energy falls
// by 60 dB in the reverberation time (Moorer, "About this reverberation business", 1979). The
// energy of the direct sound stands to that of the noise as `direct_db` says; the nearer the
// talker, the higher. The response ends after the reverberation time.
#pragma once

#include <vector>

#include "sermo/augment/condition.h"
#include "sermo/base/random.h"

namespace sermo::augment {

inline constexpr double kFirstReflection_s = 0.002;

// Thread rule: pure but for `random`.
std::vector<float> room_response(const Room& room, int rate_hz, Random& random);

}  // namespace sermo::augment
