// What a room adds to a voice: a made-up impulse response.
//
// The direct sound at sample 0 and behind it Gaussian noise whose energy falls by 60 dB in the
// reverberation time (Moorer, "About this reverberation business", 1979). Its energy stands to that
// of the direct sound as `direct_db` says; the nearer the talker, the higher. The response ends
// after the reverberation time and has the energy 1, so that a recording keeps about its level.
#pragma once

#include <vector>

#include "sermo/augment/condition.h"
#include "sermo/base/random.h"

namespace sermo::augment {

// Thread rule: pure but for `random`.
std::vector<float> room_response(const Room& room, int rate_hz, Random& random);

}  // namespace sermo::augment
