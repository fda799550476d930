#include "sermo/serve/worker_pool.h"

#include <algorithm>
#include <utility>

namespace sermo::serve {

WorkerPool::WorkerPool(size_t num_workers, size_t capacity) : capacity_(capacity) {
  for (size_t i = 0; i < std::max<size_t>(num_workers, 1); ++i)
    workers_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
}

WorkerPool::Ticket WorkerPool::submit(std::function<void()> work) {
  Ticket ticket = std::make_shared<const std::function<void()>>(std::move(work));
  {
    const std::lock_guard lock(mutex_);
    // An idle worker takes the work at once, so it does not count as waiting.
    const size_t idle = workers_.size() - num_busy_;
    if (stopping_ || queue_.size() >= capacity_ + idle) return nullptr;
    queue_.push_back(ticket);
  }
  wake_.notify_one();
  return ticket;
}

bool WorkerPool::cancel(const Ticket& ticket) {
  const std::lock_guard lock(mutex_);
  const auto at = std::ranges::find(queue_, ticket);
  if (at == queue_.end()) return false;
  queue_.erase(at);
  return true;
}

size_t WorkerPool::num_waiting() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

size_t WorkerPool::num_busy() const {
  const std::lock_guard lock(mutex_);
  return num_busy_;
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    Ticket work = std::move(queue_.front());
    queue_.pop_front();
    ++num_busy_;
    lock.unlock();
    (*work)();
    work.reset();  // what it holds on to is let go before the worker counts as free
    lock.lock();
    --num_busy_;
  }
}

}  // namespace sermo::serve
