#include "sermo/dsp/median_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include "instruction_sets.h"

namespace sermo::dsp {
namespace {

using Filter = void (*)(const FrameMatrix&, FrameMatrix&, MedianFilterWorkspace&);

FrameMatrix noise(size_t num_rows, size_t num_frames, unsigned seed, int num_levels = 1 << 20) {
  std::mt19937 random(seed);
  FrameMatrix matrix(num_rows, num_frames);
  for (size_t r = 0; r < num_rows; ++r)
    for (size_t f = 0; f < num_frames; ++f)
      matrix(r, f) =
          static_cast<float>(random() % static_cast<unsigned>(num_levels)) / 1000.0f - 100.0f;
  return matrix;
}

// The index that scipy's mode 'reflect' takes for one beyond the ends.
size_t mirrored(int64_t index, size_t size) {
  const auto last = static_cast<int64_t>(size) - 1;
  while (index < 0 || index > last) index = index < 0 ? -1 - index : 2 * last + 1 - index;
  return static_cast<size_t>(index);
}

// The definition: sort each window.
float sorted_median(const FrameMatrix& in, size_t row, size_t frame, bool over_rows) {
  std::vector<float> window;
  for (int64_t offset = -15; offset <= 15; ++offset)
    window.push_back(
        over_rows ? in(mirrored(static_cast<int64_t>(row) + offset, in.num_rows()), frame)
                  : in(row, mirrored(static_cast<int64_t>(frame) + offset, in.num_frames())));
  std::sort(window.begin(), window.end());
  return window[15];
}

void expect_medians(const FrameMatrix& in) {
  FrameMatrix over_rows, over_frames;
  MedianFilterWorkspace workspace;
  median_over_rows(in, over_rows, workspace);
  median_over_frames(in, over_frames, workspace);
  ASSERT_EQ(over_rows.num_rows(), in.num_rows());
  ASSERT_EQ(over_rows.num_frames(), in.num_frames());
  ASSERT_EQ(over_frames.num_rows(), in.num_rows());
  ASSERT_EQ(over_frames.num_frames(), in.num_frames());
  for (size_t r = 0; r < in.num_rows(); ++r)
    for (size_t f = 0; f < in.num_frames(); ++f) {
      ASSERT_EQ(over_rows(r, f), sorted_median(in, r, f, true)) << "row " << r << " frame " << f;
      ASSERT_EQ(over_frames(r, f), sorted_median(in, r, f, false)) << "row " << r << " frame " << f;
    }
}

TEST(MedianFilter, EqualsSortingEveryWindow) {
  sermo::testing::for_each_instruction_set([] {
    for (const auto& [num_rows, num_frames] :
         {std::pair<size_t, size_t>{129, 160}, {1025, 9}, {16, 32}, {17, 33}, {31, 31}, {47, 50}})
      expect_medians(noise(num_rows, num_frames, 1));
  });
}

TEST(MedianFilter, SequencesShorterThanTheWindowAreMirroredRepeatedly) {
  for (size_t size = 1; size < 34; ++size) expect_medians(noise(size, 35 - size, 2));
}

TEST(MedianFilter, EqualValuesAreNoTrouble) {
  expect_medians(noise(64, 70, 3, 2));
  expect_medians(noise(64, 70, 4, 5));
}

// scipy 1.17.1: ndimage.median_filter(np.array([...], 'f'), size=31, mode='reflect').
TEST(MedianFilter, EqualsScipyOnAShortSequence) {
  const std::vector<float> in = {5, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4};
  const std::vector<float> expected = {5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 5, 5, 5, 5, 5, 5, 5, 5};
  FrameMatrix row(1, in.size()), out;
  for (size_t f = 0; f < in.size(); ++f) row(0, f) = in[f];
  MedianFilterWorkspace workspace;
  median_over_frames(row, out, workspace);
  for (size_t f = 0; f < in.size(); ++f) EXPECT_EQ(out(0, f), expected[f]) << f;
}

TEST(MedianFilter, CommutesWithScalingAndKeepsConstants) {
  const FrameMatrix in = noise(80, 90, 5);
  FrameMatrix scaled(80, 90), out, out_scaled;
  for (size_t r = 0; r < 80; ++r)
    for (size_t f = 0; f < 90; ++f) scaled(r, f) = -4.0f * in(r, f);
  MedianFilterWorkspace workspace;
  for (const Filter filter : {median_over_rows, median_over_frames}) {
    filter(in, out, workspace);
    filter(scaled, out_scaled, workspace);
    for (size_t r = 0; r < 80; ++r)
      for (size_t f = 0; f < 90; ++f) ASSERT_EQ(out_scaled(r, f), -4.0f * out(r, f));
    FrameMatrix constant(40, 40);
    for (size_t r = 0; r < 40; ++r)
      for (size_t f = 0; f < 40; ++f) constant(r, f) = 2.5f;
    filter(constant, out, workspace);
    for (size_t r = 0; r < 40; ++r)
      for (size_t f = 0; f < 40; ++f) ASSERT_EQ(out(r, f), 2.5f);
  }
}

// A click of up to 15 frames disappears over time; one of 16 does not.
TEST(MedianFilter, RemovesWhatIsShorterThanHalfTheWindow) {
  for (const size_t width : {15u, 16u}) {
    FrameMatrix in(1, 100), out;
    for (size_t f = 0; f < 100; ++f) in(0, f) = f >= 40 && f < 40 + width ? 1.0f : 0.0f;
    MedianFilterWorkspace workspace;
    median_over_frames(in, out, workspace);
    float largest = 0.0f;
    for (size_t f = 0; f < 100; ++f) largest = std::max(largest, out(0, f));
    EXPECT_EQ(largest, width == 16 ? 1.0f : 0.0f) << width;
  }
}

TEST(MedianFilter, EmptyIsEmpty) {
  FrameMatrix out;
  MedianFilterWorkspace workspace;
  for (const Filter filter : {median_over_rows, median_over_frames}) {
    filter(FrameMatrix(0, 5), out, workspace);
    EXPECT_EQ(out.num_rows(), 0u);
    filter(FrameMatrix(5, 0), out, workspace);
    EXPECT_EQ(out.num_frames(), 0u);
    EXPECT_EQ(out.num_rows(), 5u);
  }
}

}  // namespace
}  // namespace sermo::dsp
