#include "sermo/audio/mono_collector.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace sermo::audio {
namespace {

AudioFormat format(int num_channels, int sample_rate_hz = 16'000) {
  return {"wav", "pcm_f32", sample_rate_hz, num_channels};
}

std::vector<float> collect(int num_channels, const std::vector<float>& interleaved) {
  MonoCollector collector = MonoCollector::create(format(num_channels), {}).value();
  EXPECT_TRUE(collector.add(interleaved.data(), interleaved.size() / num_channels));
  return std::move(collector).take();
}

// Values whose float32 sum depends on the order of additions: computed once with
//   x = np.float32([1e8, 1, -1e8, 1, 3, 1e-3, 7, -5])[:c, np.newaxis]; np.mean(x, axis=0)
// in numpy 2.4.
TEST(MonoCollector, AddsInTheOrderOfNumpy) {
  const std::vector<float> x = {1e8F, 1, -1e8F, 1, 3, 1e-3F, 7, -5};
  const float want[] = {0x1.7d784p+26F, 0x1.7d784p+25F, 0.0F,          0.25F,
                        0x1.99999ap-1F, 0x1.556b2ep-1F, 0x1.92528p+0F, 0x1.401062p-1F};
  for (int c = 1; c <= 8; ++c) {
    EXPECT_EQ(collect(c, {x.begin(), x.begin() + c}).at(0), want[c - 1]) << c << " channels";
  }
}

TEST(MonoCollector, BlocksDoNotMatter) {
  std::vector<float> stereo(2 * 1000);
  for (size_t i = 0; i < stereo.size(); ++i) stereo[i] = static_cast<float>(i % 37) / 37.0F;
  const std::vector<float> whole = collect(2, stereo);
  MonoCollector collector = MonoCollector::create(format(2), {}).value();
  for (size_t frame = 0; frame < 1000;) {
    const size_t count = std::min<size_t>(1 + frame % 7, 1000 - frame);
    ASSERT_TRUE(collector.add(stereo.data() + 2 * frame, count));
    frame += count;
  }
  EXPECT_EQ(std::move(collector).take(), whole);
  EXPECT_FLOAT_EQ(whole[1], (stereo[2] + stereo[3]) / 2);
}

TEST(MonoCollector, TheLimitIsInclusive) {
  const std::vector<float> second(16'000);
  MonoCollector collector = MonoCollector::create(format(1), {.max_duration_s = 1.5}).value();
  ASSERT_TRUE(collector.add(second.data(), 16'000));
  ASSERT_TRUE(collector.add(second.data(), 8'000));
  const Result<void> result = collector.add(second.data(), 1);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{ErrorCode::kTooLong, "longer than the limit of 1.5 s"}));
}

TEST(MonoCollector, AHugeExpectationTakesNoMemory) {
  MonoCollector collector = MonoCollector::create(format(1), {.max_duration_s = 1e12}).value();
  collector.expect(std::numeric_limits<size_t>::max());
  EXPECT_LE(std::move(collector).take().capacity(), size_t{1} << 20);
}

TEST(MonoCollector, NamesTheSampleThatIsNotFinite) {
  std::vector<float> stereo(2 * 16'000);
  stereo[2 * 8'000 + 1] = std::numeric_limits<float>::quiet_NaN();
  MonoCollector collector = MonoCollector::create(format(2), {}).value();
  ASSERT_TRUE(collector.add(stereo.data(), 1000));
  const Result<void> result = collector.add(stereo.data(), 16'000);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(),
            (Error{ErrorCode::kNotFinite, "sample 9000 (at 0.562 s) is not a number"}));
  stereo[0] = -std::numeric_limits<float>::infinity();
  MonoCollector second = MonoCollector::create(format(2), {}).value();
  EXPECT_EQ(second.add(stereo.data(), 16'000).error().message, "sample 0 (at 0.000 s) is infinite");
}

TEST(MonoCollector, RefusesWhatIsOutsideTheLimits) {
  for (const int num_channels : {-1, 0, 9, 1 << 30}) {
    EXPECT_EQ(MonoCollector::create(format(num_channels), {}).error().code,
              ErrorCode::kUnsupported);
  }
  for (const int rate_hz : {-8'000, 0, 7'999, 192'001}) {
    EXPECT_EQ(MonoCollector::create(format(1, rate_hz), {}).error().code, ErrorCode::kUnsupported);
  }
  EXPECT_TRUE(MonoCollector::create(format(8, 8'000), {}));
  EXPECT_TRUE(MonoCollector::create(format(1, 192'000), {}));
}

}  // namespace
}  // namespace sermo::audio
