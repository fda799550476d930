// What all connections share. Everything here belongs to the network thread; what the service and
// the pool allow is theirs to say.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "sermo/serve/server.h"
#include "sermo/serve/worker_pool.h"

namespace spdlog {
class logger;
}

namespace sermo::serve {

class Connection;

struct Hub {
  boost::asio::io_context& io;
  Service& service;
  WorkerPool& pool;
  const ServerOptions& options;
  std::set<Connection*> connections = {};
  size_t num_streams = 0;
  size_t upload_bytes = 0;
  bool stopping = false;
};

// Bytes of an upload in memory, counted among those of all uploads until it is gone.
class UploadLease {
 public:
  explicit UploadLease(Hub& hub) : hub_(hub) {}
  ~UploadLease() { hub_.upload_bytes -= held_; }
  UploadLease(const UploadLease&) = delete;
  UploadLease& operator=(const UploadLease&) = delete;

  // Whether there is room for `count` more.
  bool add(size_t count) {
    if (hub_.upload_bytes + count > hub_.options.max_upload_bytes_in_memory) return false;
    hub_.upload_bytes += count;
    held_ += count;
    return true;
  }

 private:
  Hub& hub_;
  size_t held_ = 0;
};

}  // namespace sermo::serve
