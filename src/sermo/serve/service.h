// The service without its network: from a request to an answer.
//
//   Admission: from the head alone, who answers, or why nobody does.
//   respond:   the handler of the route, on whatever thread the route asks for.
//   finish:    what every answer carries: request id, security, caching and CORS headers.
//
// Handlers (routes/) are pure functions of a request and a Context. Thread rule: all functions may
// be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sermo/base/result.h"
#include "sermo/serve/message.h"
#include "sermo/serve/metrics.h"
#include "sermo/serve/model_set.h"

namespace sermo::serve {

struct ServiceOptions {
  size_t max_upload_bytes = size_t{32} << 20;  // of the recording
  double max_duration_s = 600.0;               // of the decoded recording
  std::string token;                           // asked for where it is not empty
  std::string cors_origin;                     // the one other site whose pages may call
};

// What handlers may look at.
struct Context {
  const ServiceOptions& options;
  std::shared_ptr<const ModelSet> models;  // null while loading
  bool stopping = false;
  const Metrics& metrics;
  std::function<Gauges()> gauges;
};

using Handler = Result<Response> (*)(const Request&, const Context&);

enum class Where {
  kNetworkThread,  // answers at once from memory
  kWorker,         // computes
  kStream,         // becomes a WebSocket
};

struct Route {
  std::string_view pattern;  // "/models/{name}"; {name} is one segment
  std::string_view method;   // GET stands for HEAD too
  Where where = Where::kNetworkThread;
  bool needs_token = false;
  bool needs_models = false;
  Handler handler = nullptr;
};

// Every route of the API; one more stands for all files of the page.
std::span<const Route> all_routes();

class Service {
 public:
  explicit Service(ServiceOptions options, std::function<Gauges()> gauges = {});

  const ServiceOptions& options() const { return options_; }
  Metrics& metrics() { return metrics_; }

  void set_models(std::shared_ptr<const ModelSet> models);
  std::shared_ptr<const ModelSet> models() const;
  void set_stopping();
  bool stopping() const;

  struct Admission {
    const Route* route = nullptr;     // null where no path matches
    std::optional<Response> refusal;  // set: the body need not be read
  };
  Admission admit(const RequestHead& head) const;
  Response respond(const Route& route, const Request& request);
  void finish(const RequestHead& head, Response& response) const;

 private:
  Context context() const;

  const ServiceOptions options_;
  const std::function<Gauges()> gauges_;
  Metrics metrics_;
  mutable std::mutex mutex_;  // guards the two below
  std::shared_ptr<const ModelSet> models_;
  bool stopping_ = false;
};

// The segment of `path` that stands for {name} in the pattern "PREFIX{name}"; empty where it does
// not match.
std::string_view name_in_path(std::string_view pattern, std::string_view path);

}  // namespace sermo::serve
