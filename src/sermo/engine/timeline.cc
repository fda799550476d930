#include "sermo/engine/timeline.h"

#include <fmt/format.h>

#include <cmath>

namespace sermo::engine {

Result<std::vector<Window>> timeline_windows(size_t num_samples, int sample_rate_hz,
                                             const TimelineOptions& options) {
  for (const auto& [name, value] :
       {std::pair{"window", options.window_s}, std::pair{"hop", options.hop_s}}) {
    if (!std::isfinite(value) || value <= 0.0 || value > 1e6) {
      return fail(ErrorCode::kUsage,
                  fmt::format("the timeline's {} is {} s, wanted more than 0 and at most 1000000",
                              name, value));
    }
  }
  const auto window = static_cast<size_t>(std::llround(options.window_s * sample_rate_hz));
  const auto hop = static_cast<size_t>(std::llround(options.hop_s * sample_rate_hz));
  if (window == 0 || hop == 0)
    return fail(ErrorCode::kUsage, "the timeline's window and hop must be at least one sample");
  if (num_samples <= window) return std::vector<Window>{{0, num_samples}};
  constexpr size_t kMaxWindows = 100'000;
  if ((num_samples - window) / hop >= kMaxWindows) {
    return fail(
        ErrorCode::kTooLarge,
        fmt::format("the timeline would have {} windows, wanted at most {}: use a longer hop",
                    (num_samples - window) / hop + 1, kMaxWindows));
  }
  std::vector<Window> windows;
  size_t start = 0;
  for (; start + window <= num_samples; start += hop) windows.push_back({start, window});
  const size_t last_end = windows.back().start_samples + window;
  if (last_end < num_samples) windows.push_back({num_samples - window, window});
  return windows;
}

}  // namespace sermo::engine
