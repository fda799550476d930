#include "sermo/dsp/decibel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "feature_goldens.h"
#include "frame_matrices.h"

namespace sermo::dsp {
namespace {

constexpr double kToleranceDb = 2e-5;  // two units in the last place of 100

TEST(PowerToDb, EqualsTheDefinition) {
  for (const size_t num_frames : {1, 15, 16, 17, 50}) {
    FrameMatrix power = testing::random_magnitudes(7, num_frames, 3);
    power(0, 0) = 0.0f;
    power(6, num_frames - 1) = 1e-30f;
    FrameMatrix db;
    power_to_db(power, db);
    double largest = -100;
    for (size_t r = 0; r < 7; ++r) {
      for (size_t f = 0; f < num_frames; ++f) {
        largest = std::max(largest, 10 * std::log10(std::max(1e-10, double{power(r, f)})));
      }
    }
    for (size_t r = 0; r < 7; ++r) {
      for (size_t f = 0; f < num_frames; ++f) {
        const double plain = 10 * std::log10(std::max(1e-10, double{power(r, f)}));
        ASSERT_NEAR(db(r, f), std::max(plain, largest - 80), kToleranceDb);
      }
    }
    power_to_db(power, power);  // in place
    for (size_t r = 0; r < 7; ++r) {
      for (size_t f = 0; f < num_frames; ++f) ASSERT_EQ(power(r, f), db(r, f));
    }
  }
}

TEST(PowerToDb, EqualsLibrosaOnEveryClip) {
  for (const std::string& clip : testing::feature_golden_clips()) {
    SCOPED_TRACE(clip);
    const testing::FeatureGolden golden(clip);
    FrameMatrix db;
    power_to_db(testing::to_frames(golden.frames("mel")), db);
    EXPECT_LT(testing::largest_error_of_range(db, golden.frames("log_mel")), 1e-6);
  }
}

TEST(PowerToDb, SilenceIsTheSmallestPower) {
  FrameMatrix power(2, 3);
  for (size_t r = 0; r < 2; ++r) std::fill_n(power.row(r), power.stride(), 0.0f);
  power_to_db(power, power);
  EXPECT_NEAR(power(1, 2), -100.0, kToleranceDb);
}

}  // namespace
}  // namespace sermo::dsp
