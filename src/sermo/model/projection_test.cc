#include "sermo/model/projection.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "random_net.h"

namespace sermo::model {
namespace {

using testing::random_rows;

// Sizes on both sides of what is computed together.
TEST(Projection, IsTheSumOfProducts) {
  for (size_t num_cols : {1, 7, 110}) {
    for (size_t count : {1, 8, 13}) {
      const Matrix directions = random_rows(num_cols, count);
      const Matrix x = random_rows(3, num_cols, 3);
      Matrix got;
      Projection(directions).apply(x, got);
      ASSERT_EQ(std::pair(got.num_rows(), got.num_cols()), std::pair(size_t{3}, count));
      for (size_t r = 0; r < 3; ++r) {
        for (size_t p = 0; p < count; ++p) {
          double want = 0.0;
          for (size_t c = 0; c < num_cols; ++c) want += double{x(r, c)} * double{directions(c, p)};
          ASSERT_NEAR(got(r, p), want, 1e-6 * static_cast<double>(num_cols)) << r << " " << p;
        }
      }
    }
  }
}

TEST(Projection, WithoutDirectionsIsTheRowItself) {
  const Matrix x = random_rows(2, 5);
  const Projection none{Matrix()};
  Matrix got;
  none.apply(x, got);
  EXPECT_TRUE(none.is_identity());
  EXPECT_TRUE(std::ranges::equal(got.values(), x.values()));
}

}  // namespace
}  // namespace sermo::model
