// What a clip is like from frame to frame: for plots, and for whoever learns from sequences.
//
// Thread rule: plain values.
#pragma once

#include <string>
#include <vector>

#include "sermo/base/matrix.h"

namespace sermo::features {

// A contour's name, its unit ("" for none) and what it is.
struct ContourInfo {
  std::string name;
  std::string unit;
  std::string what;
};

struct FrameContours {
  std::vector<ContourInfo> contours;  // one a column
  Matrix values;                      // [frames, contours]
  double first_time_s = 0.0;          // of the middle of the first frame, from the clip's start
  double hop_s = 0.0;                 // from one frame to the next

  double time_s(size_t frame) const { return first_time_s + hop_s * static_cast<double>(frame); }
};

}  // namespace sermo::features
