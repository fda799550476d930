#include "sermo/dsp/spectral_shape.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "feature_goldens.h"
#include "frame_matrices.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {
namespace {

TEST(SpectralShape, EqualsTheDefinitions) {
  for (const size_t num_frames : {1, 16, 33}) {
    const FrameMatrix magnitude = testing::random_magnitudes(257, num_frames, 7);
    FrameMatrix centroid;
    FrameMatrix rolloff;
    spectral_centroid(magnitude, 16000, centroid);
    spectral_rolloff(magnitude, 16000, rolloff);
    for (size_t f = 0; f < num_frames; ++f) {
      double sum = 0;
      double weighted = 0;
      for (size_t k = 0; k < 257; ++k) {
        sum += double{magnitude(k, f)};
        weighted += 31.25 * static_cast<double>(k) * double{magnitude(k, f)};
      }
      double so_far = 0;
      size_t k = 0;
      while ((so_far += double{magnitude(k, f)}) < 0.85 * sum) ++k;
      ASSERT_NEAR(centroid(0, f), weighted / sum, 0.01);  // Hz of some thousand
      ASSERT_EQ(rolloff(0, f), 31.25f * static_cast<float>(k));
    }
  }
}

TEST(SpectralShape, EqualsLibrosaOnEveryClip) {
  const Stft stft = *Stft::create({});
  StftWorkspace workspace;
  Spectrum spectrum;
  FrameMatrix magnitude;
  FrameMatrix centroid;
  FrameMatrix rolloff;
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    stft.transform(golden.samples(), spectrum, magnitude, workspace);
    spectral_centroid(magnitude, 22050, centroid);
    spectral_rolloff(magnitude, 22050, rolloff);
    EXPECT_LT(testing::largest_error_of_range(centroid, golden.frames("centroid")), 1e-5);
    EXPECT_LT(testing::largest_error_of_range(rolloff, golden.frames("rolloff")), 1e-5);
  }
}

TEST(SpectralShape, OfSilenceIsZero) {
  FrameMatrix magnitude(5, 3);
  for (size_t r = 0; r < 5; ++r) std::fill_n(magnitude.row(r), magnitude.stride(), 0.0f);
  FrameMatrix out;
  spectral_centroid(magnitude, 16000, out);
  EXPECT_EQ(out(0, 1), 0.0f);
  spectral_rolloff(magnitude, 16000, out);
  EXPECT_EQ(out(0, 1), 0.0f);
}

}  // namespace
}  // namespace sermo::dsp
