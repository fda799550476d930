// Where the windows of an emotion timeline lie.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::engine {

struct TimelineOptions {
  double window_s = 3.0;  // length of each window
  double hop_s = 1.0;     // from one window's start to the next
};

struct Window {
  size_t start_samples = 0;
  size_t num_samples = 0;
};

// The windows of a recording in order: starts every hop; the last one ends at the recording's end,
// so that no sample is left out; a recording no longer than a window is one window. kUsage for
// lengths that are not finite and positive, kTooLarge for more than 100,000 windows.
Result<std::vector<Window>> timeline_windows(size_t num_samples, int sample_rate_hz,
                                             const TimelineOptions& options);

}  // namespace sermo::engine
