#include "sermo/dsp/dct.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "feature_goldens.h"
#include "frame_matrices.h"

namespace sermo::dsp {
namespace {

TEST(Dct, EqualsTheDefinition) {
  for (const Dct::Options& options :
       {Dct::Options{}, Dct::Options{.num_inputs = 5, .num_coefficients = 5},
        Dct::Options{.num_inputs = 40, .num_coefficients = 20}}) {
    const FrameMatrix input = testing::random_magnitudes(options.num_inputs, 19, 4);
    FrameMatrix got;
    Dct::create(options)->apply(input, got);
    ASSERT_EQ(got.num_rows(), options.num_coefficients);
    const auto n = static_cast<double>(options.num_inputs);
    for (size_t k = 0; k < options.num_coefficients; ++k) {
      for (size_t f = 0; f < 19; ++f) {
        double want = 0;
        for (size_t i = 0; i < options.num_inputs; ++i) {
          want += double{input(i, f)} * std::cos(std::numbers::pi * static_cast<double>(k) *
                                                 (2.0 * static_cast<double>(i) + 1) / (2 * n));
        }
        want *= std::sqrt((k == 0 ? 1.0 : 2.0) / n);
        ASSERT_NEAR(got(k, f), want, 2e-5);  // inputs up to about 30, 128 of them
      }
    }
  }
}

TEST(Dct, EqualsLibrosaOnEveryClip) {
  const Dct dct = *Dct::create({});
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    FrameMatrix mfcc;
    dct.apply(testing::to_frames(golden.frames("log_mel")), mfcc);
    // Sums of 128 levels of up to 100 dB, rounded to float32.
    EXPECT_LT(testing::largest_error_of_range(mfcc, golden.frames("mfcc")), 5e-6);
  }
}

TEST(Dct, RefusesMoreCoefficientsThanInputs) {
  EXPECT_EQ(Dct::create({.num_inputs = 3, .num_coefficients = 4}).error().code, ErrorCode::kUsage);
  EXPECT_EQ(Dct::create({.num_inputs = 3, .num_coefficients = 0}).error().code, ErrorCode::kUsage);
}

}  // namespace
}  // namespace sermo::dsp
