// The contours of the golden clips against the reference's, stage by stage.
#include "sermo/features/voice/contours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "feature_goldens.h"
#include "voice_goldens.h"

namespace sermo::features {
namespace {

// Float32 against double, relative to the range of the contour (all rows of a group together).
constexpr double kMaxErrorOfRange = 2e-6;
// Of bands that hold a millionth of a frame's power, a float32 transform leaves fewer digits.
constexpr double kMaxErrorOfLogMel = 1e-5;
// Differences from frame to frame of values that are ten times their size.
constexpr double kMaxErrorOfDifferences = 1e-5;

TEST(VoiceContours, EqualTheReferenceOnEveryClip) {
  const VoiceAnalysis analysis;
  VoiceAnalysisWorkspace workspace;  // reused, as in the extractor
  VoiceContours contours;
  for (const std::string& clip : testing::voice_golden_clips()) {
    const testing::VoiceGolden golden(clip);
    if (!golden.has_contours()) continue;
    SCOPED_TRACE(clip);
    analysis.analyse(golden.samples(), contours, workspace);
    ASSERT_EQ(contours.num_frames(), golden.ints("voiced").size());
    const auto error = [&](const dsp::FrameMatrix& got, std::string_view name) {
      return testing::largest_error_of_range(got, golden.frames(name));
    };
    EXPECT_LT(error(contours.mfcc, "mfcc"), kMaxErrorOfRange);
    EXPECT_LT(error(contours.log_mel, "logmel"), kMaxErrorOfLogMel);
    EXPECT_LT(error(contours.spectral, "spec"), kMaxErrorOfRange);
    EXPECT_LT(error(contours.energy, "energy"), kMaxErrorOfRange);
    EXPECT_LT(error(contours.f0, "f0"), kMaxErrorOfRange);
    EXPECT_LT(error(contours.hnr, "hnr"), kMaxErrorOfRange);
    EXPECT_LT(error(contours.perturbation, "jitter"), kMaxErrorOfDifferences);
    EXPECT_LT(error(contours.harmonics, "harmonics"), kMaxErrorOfRange);
  }
}

// Row by row, so that a row of small numbers is not hidden by one of large numbers.
TEST(VoiceContours, EverySpectralRowEqualsTheReference) {
  const VoiceAnalysis analysis;
  VoiceAnalysisWorkspace workspace;
  VoiceContours contours;
  const testing::VoiceGolden golden("speech");
  analysis.analyse(golden.samples(), contours, workspace);
  const Matrix want = golden.frames("spec");
  for (size_t r = 0; r < want.num_rows(); ++r) {
    const auto [low, high] = std::minmax_element(want.row(r).begin(), want.row(r).end());
    for (size_t f = 0; f < want.num_cols(); ++f)
      ASSERT_NEAR(contours.spectral(r, f), want(r, f), 1e-5 * (*high - *low)) << r << " " << f;
  }
}

}  // namespace
}  // namespace sermo::features
