#include "sermo/model/squared_distances.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "random_net.h"

namespace sermo::model {
namespace {

using testing::random_rows;

// Sizes on both sides of what is computed together.
TEST(SquaredDistances, AreTheSumsOfSquares) {
  constexpr double kTolerance = 1e-13;  // of float64, added up in another order at most
  for (size_t num_rows : {1, 15, 16, 17, 40}) {
    for (size_t num_cols : {1, 5, 110}) {
      const Matrix rows = random_rows(num_rows, num_cols);
      const SquaredDistances distances(rows);
      EXPECT_TRUE(std::ranges::equal(distances.rows().values(), rows.values()));
      for (size_t count : {1, 2, 3, 7}) {
        const Matrix x = random_rows(count, num_cols, 3);
        std::vector<double> together(count * num_rows);
        std::vector<double> alone(num_rows);
        distances.from(x, together);
        for (size_t i = 0; i < count; ++i) {
          distances.from(x.row(i), alone);
          for (size_t r = 0; r < num_rows; ++r) {
            double want = 0.0;
            for (size_t c = 0; c < num_cols; ++c) {
              const double difference = double{rows(r, c)} - double{x(i, c)};
              want += difference * difference;
            }
            ASSERT_NEAR(together[i * num_rows + r], want, kTolerance * want);
            ASSERT_EQ(alone[r], together[i * num_rows + r]) << "whatever is asked for beside it";
          }
        }
      }
    }
  }
}

TEST(SquaredDistances, OfARowToItselfAreZero) {
  const Matrix rows = random_rows(20, 33);
  std::vector<double> out(rows.num_rows() * rows.num_rows());
  SquaredDistances(rows).from(rows, out);
  for (size_t r = 0; r < rows.num_rows(); ++r) EXPECT_EQ(out[r * rows.num_rows() + r], 0.0);
}

}  // namespace
}  // namespace sermo::model
