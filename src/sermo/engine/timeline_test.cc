#include "sermo/engine/timeline.h"

#include <gtest/gtest.h>

#include <limits>

namespace sermo::engine {
namespace {

TEST(Timeline, AShortRecordingIsOneWindow) {
  const std::vector<Window> windows = timeline_windows(250, 100, {}).value();
  ASSERT_EQ(windows.size(), 1u);
  EXPECT_EQ(windows[0].start_samples, 0u);
  EXPECT_EQ(windows[0].num_samples, 250u);
}

TEST(Timeline, EverySampleIsCoveredWhateverTheLength) {
  for (size_t num_samples = 1; num_samples < 1200; ++num_samples) {
    const std::vector<Window> windows = timeline_windows(num_samples, 100, {}).value();
    size_t covered_to = 0;
    for (const Window& window : windows) {
      ASSERT_LE(window.start_samples, covered_to);
      ASSERT_TRUE(window.num_samples == 300 || windows.size() == 1);
      ASSERT_GT(window.start_samples + window.num_samples, covered_to);
      covered_to = window.start_samples + window.num_samples;
    }
    ASSERT_EQ(covered_to, num_samples);
  }
}

TEST(Timeline, TheLastWindowEndsWithTheRecording) {
  const std::vector<Window> windows = timeline_windows(550, 100, {}).value();
  ASSERT_EQ(windows.size(), 4u);
  EXPECT_EQ(windows[2].start_samples, 200u);
  EXPECT_EQ(windows[3].start_samples, 250u);
  EXPECT_EQ(timeline_windows(500, 100, {}).value().size(), 3u);
}

TEST(Timeline, ImpossibleOptionsAreRefused) {
  for (double bad : {0.0, -1.0, std::numeric_limits<double>::quiet_NaN(),
                     std::numeric_limits<double>::infinity(), 1e-9}) {
    EXPECT_EQ(timeline_windows(550, 100, {.window_s = bad}).error().code, ErrorCode::kUsage) << bad;
    EXPECT_EQ(timeline_windows(550, 100, {.hop_s = bad}).error().code, ErrorCode::kUsage) << bad;
  }
  EXPECT_EQ(timeline_windows(50'000'000, 1000, {.hop_s = 0.001}).error().code,
            ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace sermo::engine
