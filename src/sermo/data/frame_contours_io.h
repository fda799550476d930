// A clip's contours as a file.
//
// .npz: X float32 [frames, C], times_s float64 [frames], contour_names and units unicode [C],
// schema (its id, 0-d unicode). .csv: a header time_s,<names>, then a row a frame. Thread rule:
// pure but for the file system.
#pragma once

#include <filesystem>
#include <string>

#include "sermo/base/result.h"
#include "sermo/features/frame_contours.h"

namespace sermo::data {

// kUsage for another extension; kNotWritable.
Result<void> write_frame_contours(const std::filesystem::path& path,
                                  const features::FrameContours& contours,
                                  const std::string& schema_id);

}  // namespace sermo::data
