// Threads that do what takes long, behind a queue of limited length.
//
// Work is taken in the order in which it came. Thread rule: submit, cancel and the counts may be
// called from any thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace sermo::serve {

class WorkerPool {
 public:
  // Names a piece of work that was submitted.
  using Ticket = std::shared_ptr<const std::function<void()>>;

  // At least one worker; `capacity` pieces of work may wait, beside those under way.
  WorkerPool(size_t num_workers, size_t capacity);
  // Finishes what is under way and drops what waits.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Null when the queue is full. `work` must not throw.
  Ticket submit(std::function<void()> work);
  // Whether the work was still waiting and now will not be done.
  bool cancel(const Ticket& ticket);

  size_t capacity() const { return capacity_; }
  size_t num_workers() const { return workers_.size(); }
  size_t num_waiting() const;
  size_t num_busy() const;

 private:
  void run();

  const size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Ticket> queue_;
  size_t num_busy_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> workers_;  // last: they use all of the above
};

}  // namespace sermo::serve
