#include "sermo/serve/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <semaphore>

namespace sermo::serve {
namespace {

// A worker that is held up until told to go on.
struct HeldUp {
  explicit HeldUp(WorkerPool& pool) {
    pool.submit([this] {
      begun.release();
      go_on.acquire();
    });
    begun.acquire();
  }
  std::binary_semaphore begun{0};
  std::binary_semaphore go_on{0};
};

TEST(WorkerPool, WorkIsDoneInTheOrderInWhichItCame) {
  std::vector<int> order;
  std::latch done(3);
  WorkerPool pool(1, 8);
  HeldUp held(pool);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(pool.submit([&, i] {
      order.push_back(i);
      done.count_down();
    }));
  }
  EXPECT_EQ(pool.num_waiting(), 3u);
  EXPECT_EQ(pool.num_busy(), 1u);
  held.go_on.release();
  done.wait();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
}

TEST(WorkerPool, AFullQueueSaysSoAndCancelledWorkMakesRoom) {
  std::atomic<int> count = 0;
  std::latch done(2);
  WorkerPool pool(1, 2);
  HeldUp held(pool);
  const auto work = [&] {
    count += 1;
    done.count_down();
  };
  const WorkerPool::Ticket first = pool.submit(work);
  ASSERT_TRUE(first);
  ASSERT_TRUE(pool.submit(work));
  EXPECT_FALSE(pool.submit(work));
  EXPECT_TRUE(pool.cancel(first));
  EXPECT_FALSE(pool.cancel(first)) << "only once";
  EXPECT_TRUE(pool.submit(work));
  held.go_on.release();
  done.wait();
  EXPECT_EQ(count, 2);
}

TEST(WorkerPool, WithoutAQueueIdleWorkersStillTakeWork) {
  std::latch done(1);
  WorkerPool pool(1, 0);
  ASSERT_TRUE(pool.submit([&] { done.count_down(); }));
  done.wait();
}

}  // namespace
}  // namespace sermo::serve
