#include "sermo/serve/metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sermo/base/version.h"

namespace sermo::serve {
namespace {

class Exposition {
 public:
  void describe(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(out(), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
  }
  template <typename Value>
  void sample(std::string_view name, std::string_view labels, Value value) {
    fmt::format_to(out(), "{}{} {}\n", name, labels.empty() ? "" : fmt::format("{{{}}}", labels),
                   value);
  }
  template <typename Value>
  void gauge(std::string_view name, std::string_view help, Value value) {
    describe(name, "gauge", help);
    sample(name, "", value);
  }
  std::string take() { return std::move(text_); }

 private:
  std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }

  std::string text_;
};

}  // namespace

void Metrics::answered(std::string_view route, std::string_view method, int status,
                       double seconds) {
  const std::lock_guard lock(mutex_);
  requests_[{std::string(route), std::string(method), status}] += 1;
  if (status == 101) return;  // lasts as long as somebody speaks
  Histogram& histogram = latencies_[std::string(route)];
  const auto bound = std::ranges::lower_bound(kBounds, seconds);
  histogram.counts[static_cast<size_t>(bound - kBounds.begin())] += 1;
  histogram.sum += seconds;
}

void Metrics::recording_failed(std::string_view code) {
  const std::lock_guard lock(mutex_);
  failures_[std::string(code)] += 1;
}

void Metrics::stream_answered() {
  const std::lock_guard lock(mutex_);
  stream_answers_ += 1;
}

std::string Metrics::text(const Gauges& gauges) const {
  Exposition out;
  out.gauge("sermo_models", "Models that are loaded.", gauges.models);
  out.gauge("sermo_queue_depth", "Recordings that wait for a worker.", gauges.queue_depth);
  out.gauge("sermo_queue_capacity", "Recordings that may wait before clients get 429.",
            gauges.queue_capacity);
  out.gauge("sermo_workers", "Threads that decode and answer.", gauges.workers);
  out.gauge("sermo_workers_busy", "Workers at work.", gauges.busy_workers);
  out.gauge("sermo_connections", "Open connections.", gauges.connections);
  out.gauge("sermo_streams", "Open live streams.", gauges.streams);
  out.gauge("sermo_upload_bytes", "Bytes of uploads in memory.", gauges.buffered_bytes);
  out.describe("sermo_build_info", "gauge", "The version of Sermo.");
  out.sample("sermo_build_info", fmt::format("version=\"{}\"", version()), 1);

  const std::lock_guard lock(mutex_);
  out.describe("sermo_http_requests_total", "counter", "Answers by route, method and status.");
  for (const auto& [request, count] : requests_) {
    out.sample("sermo_http_requests_total",
               fmt::format("route=\"{}\",method=\"{}\",status=\"{}\"", std::get<0>(request),
                           std::get<1>(request), std::get<2>(request)),
               count);
  }
  constexpr std::string_view kLatency = "sermo_http_request_duration_seconds";
  out.describe(kLatency, "histogram", "From the whole request to the whole answer, by route.");
  for (const auto& [route, histogram] : latencies_) {
    uint64_t count = 0;
    for (size_t i = 0; i < histogram.counts.size(); ++i) {
      count += histogram.counts[i];
      const std::string bound = i < kBounds.size() ? fmt::format("{}", kBounds[i]) : "+Inf";
      out.sample(fmt::format("{}_bucket", kLatency),
                 fmt::format("route=\"{}\",le=\"{}\"", route, bound), count);
    }
    const std::string label = fmt::format("route=\"{}\"", route);
    out.sample(fmt::format("{}_sum", kLatency), label, histogram.sum);
    out.sample(fmt::format("{}_count", kLatency), label, count);
  }
  out.describe("sermo_recording_failures_total", "counter",
               "Recordings that could not be answered, by code.");
  for (const auto& [code, count] : failures_)
    out.sample("sermo_recording_failures_total", fmt::format("code=\"{}\"", code), count);
  out.describe("sermo_stream_answers_total", "counter", "Answers given on live streams.");
  out.sample("sermo_stream_answers_total", "", stream_answers_);
  return out.take();
}

}  // namespace sermo::serve
