// Speech to time things on: a golden clip of it, again and again.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "sermo/base/npz.h"

namespace sermo::bench {

// `num_samples` of tests/data/golden/`clip`, which has an array `samples`. Ends the program where
// that cannot be read.
inline std::vector<float> speech(const std::string& clip, size_t num_samples) {
  const auto archive = read_npz(std::string(SERMO_SOURCE_DIR) + "/tests/data/golden/" + clip);
  if (!archive) {
    std::fprintf(stderr, "%s\n", archive.error().message.c_str());
    std::exit(1);
  }
  const std::vector<float> once = *to_floats(**archive->find("samples"));
  std::vector<float> samples(num_samples);
  for (size_t i = 0; i < samples.size(); ++i) samples[i] = once[i % once.size()];
  return samples;
}

}  // namespace sermo::bench
