#include "sermo/serve/service.h"

#include <fmt/format.h>

#include <exception>
#include <utility>

#include "sermo/serve/access.h"
#include "sermo/serve/problem.h"
#include "sermo/serve/routes/routes.h"

namespace sermo::serve {
namespace {

constexpr Route kRoutes[] = {
    {"/api/v1/predict", "POST", Where::kWorker, true, true, answer_predict},
    {"/api/v1/enrolments", "POST", Where::kWorker, true, true, answer_enrolments},
    {"/api/v1/contours", "POST", Where::kWorker, true, true, answer_contours},
    {"/models/{name}", "POST", Where::kWorker, true, true, answer_hugging_face},
    {"/api/v1/models", "GET", Where::kNetworkThread, true, true, answer_models},
    {"/api/v1/stream", "GET", Where::kStream, true, true, answer_stream},
    {"/healthz", "GET", Where::kNetworkThread, false, false, answer_healthz},
    {"/readyz", "GET", Where::kNetworkThread, false, false, answer_readyz},
    {"/metrics", "GET", Where::kNetworkThread, true, false, answer_metrics},
    {"/openapi.json", "GET", Where::kNetworkThread, false, false, answer_openapi},
};
constexpr Route kPage = {"/", "GET", Where::kNetworkThread, false, false, answer_page};
constexpr std::string_view kName = "{name}";

bool matches(std::string_view pattern, std::string_view path) {
  return pattern.ends_with(kName) ? !name_in_path(pattern, path).empty() : pattern == path;
}

const Route* find_route(std::string_view path) {
  for (const Route& route : kRoutes) {
    if (matches(route.pattern, path)) return &route;
  }
  return is_page_file(path) ? &kPage : nullptr;
}

bool may_call(const Route& route, std::string_view token, const RequestHead& head) {
  return has_token(token, head.authorization) ||
         (route.where == Where::kStream && has_stream_token(token, head.subprotocols));
}

// Whether the recording is at fault, and not what was asked about it.
bool is_of_recording(ErrorCode code) {
  return code != ErrorCode::kUsage && code != ErrorCode::kNotFound &&
         code != ErrorCode::kMismatch && code != ErrorCode::kCancelled;
}

// Asking again after this long has a chance: loading takes less, and so does a queue.
constexpr std::string_view kRetryAfter_s = "1";

}  // namespace

std::span<const Route> all_routes() { return kRoutes; }

std::string_view name_in_path(std::string_view pattern, std::string_view path) {
  const std::string_view prefix = pattern.substr(0, pattern.size() - kName.size());
  if (!path.starts_with(prefix)) return {};
  const std::string_view name = path.substr(prefix.size());
  return name.find('/') == std::string_view::npos ? name : std::string_view();
}

Service::Service(ServiceOptions options, std::function<Gauges()> gauges)
    : options_(std::move(options)), gauges_(std::move(gauges)) {}

void Service::set_models(std::shared_ptr<const ModelSet> models) {
  const std::lock_guard lock(mutex_);
  models_ = std::move(models);
}

std::shared_ptr<const ModelSet> Service::models() const {
  const std::lock_guard lock(mutex_);
  return models_;
}

void Service::set_stopping() {
  const std::lock_guard lock(mutex_);
  stopping_ = true;
}

bool Service::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

Context Service::context() const {
  const std::lock_guard lock(mutex_);
  return {options_, models_, stopping_, metrics_, gauges_};
}

Service::Admission Service::admit(const RequestHead& head) const {
  const Route* route = find_route(head.target.path);
  const auto refused = [&](Response response) { return Admission{route, std::move(response)}; };
  if (route == nullptr)
    return refused(problem(kNoSuchPage, fmt::format("there is no {}", head.target.path)));

  const bool reads = route->method == "GET";
  const std::string allowed = reads ? "GET, HEAD" : std::string(route->method);
  if (head.method == "OPTIONS" && is_cors_preflight(options_.cors_origin, head))
    return refused(preflight_answer(allowed));
  if (head.method != route->method && !(reads && head.is_head())) {
    Response response =
        problem(kMethodNotAllowed,
                fmt::format("{} is not for {}, wanted {}", head.method, route->pattern, allowed));
    response.add("Allow", allowed);
    return refused(std::move(response));
  }
  if (route->needs_token && !may_call(*route, options_.token, head)) {
    Response response = problem(
        kUnauthorized, route->where == Where::kStream
                           ? "wanted the header `Authorization: Bearer TOKEN`, or the subprotocols "
                             "`sermo.live` and `sermo.token.TOKEN` with the token in base64url"
                           : "wanted the header `Authorization: Bearer TOKEN`");
    response.add("WWW-Authenticate", "Bearer");
    return refused(std::move(response));
  }
  const Context now = context();
  if (route->needs_models && (now.models == nullptr || now.stopping)) {
    Response response = problem(
        kNotNow, now.stopping ? "the service is stopping" : "the models are still being loaded");
    response.add("Retry-After", std::string(kRetryAfter_s));
    return refused(std::move(response));
  }
  return {route, std::nullopt};
}

Response Service::respond(const Route& route, const Request& request) {
  Result<Response> response = [&]() -> Result<Response> {
    try {
      return route.handler(request, context());
    } catch (const std::exception& bug) {
      return fail(ErrorCode::kInternal, bug.what());
    }
  }();
  if (response) return std::move(*response);
  if (route.where == Where::kWorker && is_of_recording(response.error().code))
    metrics_.recording_failed(error_traits(response.error().code).name);
  return problem(response.error());
}

void Service::finish(const RequestHead& head, Response& response) const {
  response.add("X-Request-Id", head.id);
  add_security_headers(response);
  add_cors_headers(options_.cors_origin, head, response);
}

}  // namespace sermo::serve
