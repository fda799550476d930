#include "sermo/dsp/chroma_cqt.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "feature_goldens.h"

namespace sermo::dsp {
namespace {

FrameMatrix frames_of(MatrixView values) {
  FrameMatrix frames(values.num_rows(), values.num_cols());
  for (size_t r = 0; r < values.num_rows(); ++r)
    for (size_t f = 0; f < values.num_cols(); ++f) frames(r, f) = values(r, f);
  return frames;
}

FrameMatrix zeros(size_t num_rows, size_t num_frames) {
  FrameMatrix matrix(num_rows, num_frames);
  std::fill(matrix.data(), matrix.data() + num_rows * matrix.stride(), 0.0f);
  return matrix;
}

TEST(ChromaCqt, EqualsLibrosaOnEveryClip) {
  for (const std::string& clip : sermo::testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const sermo::testing::FeatureGolden golden(clip);
    FrameMatrix chroma;
    chroma_cqt(frames_of(golden.frames("cqt_magnitude")), 36, chroma);
    // From the same magnitudes only the order of 21 additions differs.
    EXPECT_LT(sermo::testing::largest_error_of_range(chroma, golden.frames("chroma_cqt")), 1e-6);
  }
}

// Each row of the octaves belongs to one class: a pitch and the thirds of a semitone beside it.
TEST(ChromaCqt, EachRowBelongsToItsClass) {
  for (size_t row = 0; row < 72; ++row) {
    FrameMatrix magnitude = zeros(72, 1);
    magnitude(row, 0) = 3.0f;
    FrameMatrix chroma;
    chroma_cqt(magnitude, 36, chroma);
    const size_t want = (row % 36 + 1) / 3 % 12;
    for (size_t c = 0; c < kNumChroma; ++c) EXPECT_EQ(chroma(c, 0), c == want ? 1.0f : 0.0f) << row;
  }
}

TEST(ChromaCqt, TwelveRowsAnOctaveAreTheClassesThemselves) {
  FrameMatrix magnitude = zeros(24, 1);
  for (size_t row = 0; row < 24; ++row) magnitude(row, 0) = static_cast<float>(row);
  FrameMatrix chroma;
  chroma_cqt(magnitude, 12, chroma);
  for (size_t c = 0; c < kNumChroma; ++c)
    EXPECT_FLOAT_EQ(chroma(c, 0), static_cast<float>(2 * c + 12) / 34.0f);
}

TEST(ChromaCqt, SilenceStaysSilent) {
  FrameMatrix chroma;
  chroma_cqt(zeros(252, 20), 36, chroma);
  for (size_t c = 0; c < kNumChroma; ++c)
    for (size_t f = 0; f < 20; ++f) EXPECT_EQ(chroma(c, f), 0.0f);
}

}  // namespace
}  // namespace sermo::dsp
