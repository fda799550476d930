// One clip from its bytes to its feature vector, and what else is worth keeping of it.
//
// Thread rule: pure function; the workspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/features/extractor.h"

namespace sermo::data {

// ContentHash of the decoded samples and their rate: equal for copies of one recording in different
// lossless files.
std::string samples_hash(const audio::DecodedAudio& audio);

struct ClipFeatures {
  std::vector<float> values;  // [D], all finite
  std::string samples_hash;
  double duration_s = 0.0;
  std::vector<std::string> warnings;  // of the decoder

  bool operator==(const ClipFeatures&) const = default;
};

// Decodes, resamples to the extractor's rate and extracts. The failures of the three steps;
// kNotFinite if a feature is not finite.
Result<ClipFeatures> extract_clip(std::span<const std::byte> file_bytes,
                                  const features::Extractor& extractor,
                                  features::Workspace& workspace,
                                  const audio::DecodeOptions& options = {});

}  // namespace sermo::data
