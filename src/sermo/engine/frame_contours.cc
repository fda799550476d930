#include "sermo/engine/frame_contours.h"

#include <vector>

#include "sermo/audio/resample.h"

namespace sermo::engine {

Result<features::FrameContours> frame_contours(const audio::DecodedAudio& audio,
                                               const features::Extractor& extractor,
                                               features::Workspace& workspace) {
  SERMO_TRY(
      const std::vector<float> samples,
      audio::resample(audio.samples, audio.format.sample_rate_hz, extractor.sample_rate_hz()));
  return extractor.contours(samples, workspace);
}

Result<features::FrameContours> frame_contours(const audio::DecodedAudio& audio) {
  SERMO_TRY(const auto extractor, features::find_extractor("sermo-voice"));
  const auto workspace = extractor->make_workspace();
  return frame_contours(audio, *extractor, *workspace);
}

}  // namespace sermo::engine
