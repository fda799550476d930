#include "sermo/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sermo {

void parallel_for(size_t num_turns, int num_threads, const std::function<void(size_t)>& turn) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::exception_ptr first_exception;
  const auto work = [&] {
    try {
      for (size_t i = next.fetch_add(1); i < num_turns; i = next.fetch_add(1)) turn(i);
    } catch (...) {
      next.store(num_turns);
      const std::lock_guard lock(mutex);
      if (!first_exception) first_exception = std::current_exception();
    }
  };
  {
    std::vector<std::jthread> helpers;
    const size_t num_helpers = std::min(num_turns, static_cast<size_t>(std::max(num_threads, 1)));
    for (size_t i = 1; i < num_helpers; ++i) helpers.emplace_back(work);
    work();
  }
  if (first_exception) std::rethrow_exception(first_exception);
}

int available_processors() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

}  // namespace sermo
