// Makes a recording worse, in a named condition: the same samples for the same seed.
//
// Works at the rate at which features are computed; a change of speed is part of the resampling
// that leads there. Nothing is clipped: samples beyond 1 stay what they are. A recording that is
// made louder by a factor comes out louder by that factor in every condition. The same numbers on
// any machine but for rounding. Thread rule: a Degrader belongs to one thread at a time; it keeps
// memory and tables for the next recording.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "sermo/augment/condition.h"
#include "sermo/augment/talkers.h"
#include "sermo/base/result.h"
#include "sermo/dsp/convolution.h"

namespace sermo::augment {

// Part of cache keys: raised whenever any sample changes beyond rounding.
inline constexpr std::string_view kDegraderVersion = "1";

class Degrader {
 public:
  // `talkers`, at the same rate, may be null: then there is no babble.
  Degrader(int rate_hz, std::shared_ptr<const Talkers> talkers);

  // `samples` at `from_hz` to `out` at this degrader's rate. All that is random follows from
  // `seed`. kUsage for babble without talkers; the failures of audio::resample.
  Result<void> degrade(const Condition& condition, uint64_t seed, std::span<const float> samples,
                       int from_hz, std::vector<float>& out);

 private:
  void take(const Noise& noise, Random& random, std::vector<float>& samples);
  void take(const Babble& babble, Random& random, std::vector<float>& samples);
  void take(const LowPass& band, Random& random, std::vector<float>& samples);
  void take(const BandPass& band, Random& random, std::vector<float>& samples);
  void take(const Room& room, Random& random, std::vector<float>& samples);
  void take(const Gain& gain, Random& random, std::vector<float>& samples);

  void add_at(double snr_db, std::vector<float>& samples);
  void filter(std::span<const float> kernel, size_t first, std::vector<float>& samples);
  double highest_edge_hz() const;

  const int rate_hz_;
  const std::shared_ptr<const Talkers> talkers_;
  dsp::Convolver convolver_;
  std::vector<float> addition_;  // what a step adds to the recording, before it is scaled
  std::vector<float> filtered_;
};

}  // namespace sermo::augment
