#include "sermo/augment/talkers.h"

#include <algorithm>
#include <utility>

#include "sermo/augment/level.h"
#include "sermo/base/hash.h"

namespace sermo::augment {

Result<Talkers> Talkers::create(std::vector<std::vector<float>> recordings, int rate_hz) {
  std::vector<std::vector<float>> voices;
  for (const std::vector<float>& samples : recordings) {
    const std::span<const float> loud = loud_samples(samples, rate_hz);
    const double level = root_mean_square(loud);
    if (level == 0.0) continue;
    std::vector<float>& voice = voices.emplace_back(loud.begin(), loud.end());
    for (float& sample : voice) sample = static_cast<float>(sample / level);
  }
  if (voices.empty())
    return fail(ErrorCode::kTooShort, "no talker for babble: every recording is silent");
  return Talkers(std::move(voices), rate_hz);
}

Talkers::Talkers(std::vector<std::vector<float>> voices, int rate_hz)
    : voices_(std::move(voices)), rate_hz_(rate_hz) {
  ContentHash hash;
  for (const std::vector<float>& voice : voices_) {
    const size_t size = voice.size();
    hash.add(std::as_bytes(std::span(&size, 1))).add(std::span<const float>(voice));
  }
  fingerprint_ = hash.hex();
}

void Talkers::mix(Random& random, std::span<float> out) const {
  std::ranges::fill(out, 0.0f);
  for (size_t t = 0; t < kBabbleTalkers; ++t) {
    const std::vector<float>& voice = voices_[random.below(static_cast<uint32_t>(voices_.size()))];
    size_t at = random.below(static_cast<uint32_t>(voice.size()));
    for (float& sample : out) {
      sample += voice[at];
      if (++at == voice.size()) at = 0;
    }
  }
}

}  // namespace sermo::augment
