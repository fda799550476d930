// The service on its network: HTTP and WebSocket on one address, until the process is told to stop.
//
// One thread carries all connections and never computes; a fixed number of workers decode and
// answer behind a queue of limited length. Listening begins at once and the models are loaded
// meanwhile. SIGTERM and SIGINT let what runs finish; a second one does not wait.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "sermo/base/result.h"
#include "sermo/serve/service.h"

namespace spdlog {
class logger;
}

namespace sermo::serve {

struct ServerOptions {
  ServiceOptions service;
  std::filesystem::path models_dir;
  std::string host = "127.0.0.1";  // a name or an address of this machine
  uint16_t port = 8080;            // 0: the system picks a free one
  size_t num_workers = 1;
  size_t queue_capacity = 256;  // recordings that may wait for a worker; then clients get 429
  std::chrono::milliseconds request_timeout{60'000};  // for a request to arrive, an answer to leave
  std::chrono::milliseconds idle_timeout{60'000};     // of a connection between requests
  std::chrono::milliseconds stop_timeout{30'000};     // for what runs when told to stop
  size_t max_connections = 4096;
  size_t max_streams = 64;
  size_t max_upload_bytes_in_memory = size_t{1} << 30;  // of all requests together
  std::shared_ptr<spdlog::logger> logger;               // may be null: no log
  std::function<void(const std::string& url)> on_listening;
};

// Returns when it was told to stop and everything is finished. kNotReadable when the address cannot
// be listened on; the failures of load_model_set, after which nothing listens any more.
Result<void> serve(const ServerOptions& options);

}  // namespace sermo::serve
