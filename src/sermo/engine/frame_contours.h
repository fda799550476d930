// A recording's course: F0, energy and the other contours of a schema, frame by frame. What
// `sermo extract --frames` writes, and what a page can draw under the waveform.
//
// Thread rule: pure function; the workspace belongs to one thread at a time.
#pragma once

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/features/extractor.h"

namespace sermo::engine {

// The failures of Extractor::contours.
Result<features::FrameContours> frame_contours(const audio::DecodedAudio& audio,
                                               const features::Extractor& extractor,
                                               features::Workspace& workspace);

// The same with the schema that has contours, for a caller that keeps no workspace.
Result<features::FrameContours> frame_contours(const audio::DecodedAudio& audio);

}  // namespace sermo::engine
