// Other people's recordings, to be mixed into babble.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sermo/base/random.h"
#include "sermo/base/result.h"

namespace sermo::augment {

// How many talk at once.
inline constexpr size_t kBabbleTalkers = 4;

// Immutable; shared between threads.
class Talkers {
 public:
  // Mono recordings at `rate_hz`; the silence around each is cut off and all are made equally loud.
  // kTooShort where none has a sound in it.
  static Result<Talkers> create(std::vector<std::vector<float>> recordings, int rate_hz);

  // kBabbleTalkers of them at once, each drawn anew and begun anywhere; one that ends begins again.
  void mix(Random& random, std::span<float> out) const;

  int rate_hz() const { return rate_hz_; }
  // 32 hexadecimal digits that change with any sample.
  const std::string& fingerprint() const { return fingerprint_; }

 private:
  Talkers(std::vector<std::vector<float>> voices, int rate_hz);

  std::vector<std::vector<float>> voices_;  // none is empty
  int rate_hz_;
  std::string fingerprint_;
};

}  // namespace sermo::augment
