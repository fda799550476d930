#include "sermo/data/packed_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "sermo/base/mt19937.h"

namespace sermo::data {
namespace {

// Columns of very different spans, one of them all one number.
Matrix columns() {
  const std::vector<double> spans = {1.0, 1e-2, 3e4, 0.0, 7.0};
  Matrix features(500, spans.size());
  RandomState random(3);
  for (size_t r = 0; r < features.num_rows(); ++r) {
    for (size_t c = 0; c < spans.size(); ++c)
      features(r, c) = static_cast<float>(-2.0 + spans[c] * (random.random_sample() - 0.3));
  }
  features(7, 4) = 1e3f;  // far from all others of its column
  return features;
}

TEST(PackedFeatures, NoNumberIsOffByMoreThanHalfAStep) {
  const Matrix features = columns();
  const PackedFeatures packed = pack(features);
  const Matrix back = unpack(packed, features.num_rows(), features.num_cols()).value();
  for (size_t c = 0; c < features.num_cols(); ++c) {
    float least = features(0, c), greatest = features(0, c), worst = 0.0f;
    double sum = 0.0, squares = 0.0;
    for (size_t r = 0; r < features.num_rows(); ++r) {
      least = std::min(least, features(r, c));
      greatest = std::max(greatest, features(r, c));
      worst = std::max(worst, std::abs(back(r, c) - features(r, c)));
      sum += features(r, c);
      squares += double{features(r, c)} * features(r, c);
    }
    const double mean = sum / 500.0;
    const double deviation = std::sqrt(std::max(0.0, squares / 500.0 - mean * mean));
    const double step = std::max((double{greatest} - least) / 255.0, deviation / 5.0);
    // Rounding to float32 comes on top: a last digit of numbers of about this size.
    const double last_digit = 1e-7 * std::max(std::abs(least), std::abs(greatest));
    EXPECT_LE(worst, step / 2.0 + 2.0 * last_digit) << c;
    EXPECT_GE(worst, step / 20.0 - last_digit) << c << ": so exact that nothing was packed";
  }
  EXPECT_NEAR(back(7, 4), 1e3f, 5.0f) << "an outlier is not cut off";
  EXPECT_EQ(back(0, 3), -2.0f) << "a column of one number keeps it";
  EXPECT_EQ(packed.values.size(), features.num_rows() * features.num_cols());
}

// An even spread is three and a half deviations wide.
TEST(PackedFeatures, AColumnWithoutOutliersTakesFewLevels) {
  const PackedFeatures packed = pack(columns());
  for (size_t r = 0; r < 500; ++r) ASSERT_LE(packed.values[r * 5], 18) << r;
}

TEST(PackedFeatures, PartsThatDoNotFitAreRefused) {
  const PackedFeatures packed = pack(columns());
  EXPECT_EQ(unpack(packed, 499, 5).error().message, "2500 packed numbers, wanted 2495");
  PackedFeatures other = packed;
  other.offsets.pop_back();
  EXPECT_EQ(unpack(other, 500, 5).error().message, "4 offsets, wanted 5");
  other = packed;
  other.steps.push_back(1.0f);
  EXPECT_EQ(unpack(other, 500, 5).error().message, "6 steps, wanted 5");
  EXPECT_EQ(unpack(other, 500, 5).error().code, ErrorCode::kMismatch);
}

TEST(PackedFeatures, NoRowsAreNoRows) {
  const PackedFeatures packed = pack(Matrix(0, 3));
  EXPECT_EQ(unpack(packed, 0, 3).value().num_rows(), 0U);
}

}  // namespace
}  // namespace sermo::data
