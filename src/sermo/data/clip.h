// One clip from its samples to its feature vector, and what else is worth keeping of it.
//
// Thread rule: pure function; the workspace belongs to one thread at a time.
#pragma once

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

// The features of `samples`, at the extractor's rate: those of the recording `audio`, or of a copy
// of it. The failures of extraction; kNotFinite if a feature is not finite.
Result<ClipFeatures> extract_clip(const audio::DecodedAudio& audio, std::span<const float> samples,
                                  const features::Extractor& extractor,
                                  features::Workspace& workspace);

}  // namespace sermo::data
