#include "sermo/base/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace sermo {
namespace {

TEST(Parallel, EveryTurnIsTakenOnceWhateverTheNumberOfThreads) {
  for (int num_threads : {-1, 0, 1, 2, 7}) {
    for (size_t num_turns : {0u, 1u, 5u, 1000u}) {
      std::vector<std::atomic<int>> taken(num_turns);
      parallel_for(num_turns, num_threads, [&](size_t i) { ++taken[i]; });
      for (const auto& count : taken) ASSERT_EQ(count, 1);
    }
  }
}

TEST(Parallel, NeverMoreThanAskedForAtOnce) {
  std::atomic<int> now{0};
  std::atomic<int> most{0};
  parallel_for(200, 3, [&](size_t) {
    const int running = ++now;
    for (int seen = most; running > seen && !most.compare_exchange_weak(seen, running);) {
    }
    --now;
  });
  EXPECT_LE(most, 3);
}

TEST(Parallel, AnExceptionComesOutAfterTheOthersEnded) {
  EXPECT_THROW(parallel_for(100, 4,
                            [](size_t i) {
                              if (i == 3) throw std::runtime_error("three");
                            }),
               std::runtime_error);
}

}  // namespace
}  // namespace sermo
