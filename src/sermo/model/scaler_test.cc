#include "sermo/model/scaler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "sklearn_goldens.h"

namespace sermo::model {
namespace {

using testing::SklearnGoldens;

// Offsets and scales are float64 results rounded to float32: half a unit in the last place.
constexpr double kRounding = 6e-8;

void expect_equals_scikit_learn(const Scaler& scaler, const SklearnGoldens& goldens) {
  const std::vector<float> mean = goldens.floats("scaler_mean");
  const std::vector<float> scale = goldens.floats("scaler_scale");
  ASSERT_EQ(scaler.num_features(), mean.size());
  for (size_t c = 0; c < mean.size(); ++c) {
    EXPECT_NEAR(scaler.offset()[c], mean[c], 2 * kRounding * std::abs(mean[c])) << "feature " << c;
    EXPECT_NEAR(scaler.scale()[c] * scale[c], 1.0, 3 * kRounding) << "feature " << c;
  }
}

TEST(Scaler, EqualsStandardScalerOnTheSmallTable) {
  const Result<Scaler> scaler = Scaler::fit(testing::small_table().train.features);
  ASSERT_TRUE(scaler);
  expect_equals_scikit_learn(*scaler, SklearnGoldens("small"));
}

TEST(Scaler, EqualsStandardScalerOnConstantNearlyConstantTinyAndHugeFeatures) {
  const SklearnGoldens goldens("edges");
  const Matrix rows = goldens.matrix("X");
  const Result<Scaler> scaler = Scaler::fit(rows);
  ASSERT_TRUE(scaler);
  expect_equals_scikit_learn(*scaler, goldens);
  EXPECT_EQ(scaler->scale()[0], 1.0f);
  EXPECT_EQ(scaler->scale()[1], 1.0f);
  EXPECT_EQ(scaler->scale()[2], 1.0f);
  EXPECT_NE(scaler->scale()[4], 1.0f) << "one float32 step is no constant";

  Matrix scaled;
  scaler->apply(rows, scaled);
  const Matrix expected = goldens.matrix("scaler_rows");
  for (size_t r = 0; r < rows.num_rows(); ++r) {
    for (size_t c = 0; c < rows.num_cols(); ++c) {
      // The mean is subtracted as a float32, half a unit of which counts in standard deviations.
      const double from_offset =
          kRounding * std::abs(scaler->offset()[c]) * static_cast<double>(scaler->scale()[c]);
      EXPECT_NEAR(scaled(r, c), expected(r, c),
                  4 * kRounding * std::abs(expected(r, c)) + 2 * from_offset)
          << "row " << r << ", feature " << c;
    }
  }
}

TEST(Scaler, WhatIsRoundingNoiseToStandardScalerIsOnlyCentred) {
  Matrix rows(1'000'000, 2);
  std::fill_n(rows.data(), 2'000'000, 1.0f);
  rows(999'999, 0) += std::ldexp(1.0f, -23);
  rows(999'999, 1) += std::ldexp(1.0f, -20);
  const std::vector<float> expected = SklearnGoldens("edges").floats("many_scale");
  ASSERT_EQ(expected[0], 1.0f);
  ASSERT_NE(expected[1], 1.0f);
  const Scaler scaler = Scaler::fit(rows).value();
  EXPECT_EQ(scaler.scale()[0], 1.0f);
  // The mean is 1e-12 away from most values, which float64 knows to four digits; it counts little.
  EXPECT_NEAR(scaler.scale()[1] * expected[1], 1.0, 1e-5);
}

TEST(Scaler, EqualsStandardScalerOnRavdess) {
  SERMO_REQUIRE_SHARED("reference/librosa_0.11_X.npy");
  const Result<Scaler> scaler = Scaler::fit(testing::ravdess_reference().train.features);
  ASSERT_TRUE(scaler);
  expect_equals_scikit_learn(*scaler, SklearnGoldens("ravdess"));
}

TEST(Scaler, ScaledTrainingRowsHaveMeanZeroAndVarianceOne) {
  const Matrix rows = testing::small_table().train.features;
  Matrix scaled;
  Scaler::fit(rows)->apply(rows, scaled);
  for (size_t c = 0; c < scaled.num_cols(); ++c) {
    double sum = 0.0;
    double sum_of_squares = 0.0;
    for (size_t r = 0; r < scaled.num_rows(); ++r) {
      sum += scaled(r, c);
      sum_of_squares += static_cast<double>(scaled(r, c)) * scaled(r, c);
    }
    const auto n = static_cast<double>(scaled.num_rows());
    EXPECT_NEAR(sum / n, 0.0, 1e-5);
    EXPECT_NEAR(sum_of_squares / n, 1.0, 1e-5);
  }
}

TEST(Scaler, OneRowIsOnlyCentred) {
  const std::vector<float> row = {3.0f, -1e20f};
  const Result<Scaler> scaler = Scaler::fit(MatrixView::row_vector(row));
  ASSERT_TRUE(scaler);
  Matrix scaled;
  scaler->apply(MatrixView::row_vector(row), scaled);
  EXPECT_EQ(scaled(0, 0), 0.0f);
  EXPECT_EQ(scaled(0, 1), 0.0f);
}

TEST(Scaler, AFeatureTooSmallForFloat32IsOnlyCentred) {
  const float least = std::numeric_limits<float>::denorm_min();
  const Matrix rows({0.0f, least, 2 * least}, 3, 1);
  const Result<Scaler> scaler = Scaler::fit(rows);
  ASSERT_TRUE(scaler) << scaler.error().message;
  EXPECT_EQ(scaler->scale()[0], 1.0f);
}

TEST(Scaler, RefusesNoRowsAndValuesThatAreNotFinite) {
  EXPECT_EQ(Scaler::fit(Matrix(0, 3)).error().code, ErrorCode::kTooShort);
  for (const float bad :
       {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    const Result<Scaler> scaler = Scaler::fit(Matrix({1.0f, 2.0f, 3.0f, bad}, 2, 2));
    ASSERT_FALSE(scaler);
    EXPECT_EQ(scaler.error().code, ErrorCode::kNotFinite);
    EXPECT_NE(scaler.error().message.find("feature 1"), std::string::npos);
    EXPECT_EQ(Scaler::create({0.0f}, {bad}).error().code, ErrorCode::kCorrupt);
  }
  EXPECT_EQ(Scaler::create({0.0f}, {1.0f, 1.0f}).error().code, ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace sermo::model
