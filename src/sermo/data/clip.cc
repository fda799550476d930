#include "sermo/data/clip.h"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "sermo/base/hash.h"

namespace sermo::data {
std::string samples_hash(const audio::DecodedAudio& audio) {
  const int rate_hz = audio.format.sample_rate_hz;
  return ContentHash()
      .add(std::as_bytes(std::span(&rate_hz, 1)))
      .add(std::span<const float>(audio.samples))
      .hex();
}

Result<ClipFeatures> extract_clip(const audio::DecodedAudio& audio, std::span<const float> samples,
                                  const features::Extractor& extractor,
                                  features::Workspace& workspace) {
  ClipFeatures clip;
  clip.values.resize(extractor.schema().num_features());
  SERMO_TRY_VOID(extractor.extract(samples, clip.values, workspace));
  for (size_t i = 0; i < clip.values.size(); ++i) {
    if (!std::isfinite(clip.values[i]))
      return fail(ErrorCode::kNotFinite,
                  fmt::format("feature {} is {}", extractor.schema().names[i], clip.values[i]));
  }
  clip.samples_hash = samples_hash(audio);
  clip.duration_s = audio.duration_s();
  clip.warnings = audio.warnings;
  return clip;
}

}  // namespace sermo::data
