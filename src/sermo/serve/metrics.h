// What the service counts, and its text for Prometheus (exposition format 0.0.4).
//
// Thread rule: all functions may be called from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <tuple>

namespace sermo::serve {

// What is measured at the moment of asking.
struct Gauges {
  size_t queue_depth = 0;
  size_t queue_capacity = 0;
  size_t busy_workers = 0;
  size_t workers = 0;
  size_t connections = 0;
  size_t streams = 0;
  size_t models = 0;
  size_t buffered_bytes = 0;
};

class Metrics {
 public:
  // `route` is the pattern of the route, not the path as asked, so that strangers cannot make up
  // series; the same goes for `method`.
  void answered(std::string_view route, std::string_view method, int status, double seconds);
  void recording_failed(std::string_view code);  // decoding, or what is no usable recording
  void stream_answered();

  std::string text(const Gauges& gauges) const;

 private:
  // Upper bounds in seconds: a clip takes about ten milliseconds, ten minutes of audio seconds.
  static constexpr std::array<double, 12> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                     0.1,   0.25,   0.5,   1.0,  2.5,   10.0};
  struct Histogram {
    std::array<uint64_t, kBounds.size() + 1> counts{};
    double sum = 0.0;
  };
  using Request = std::tuple<std::string, std::string, int>;  // route, method, status

  mutable std::mutex mutex_;
  std::map<Request, uint64_t> requests_;
  std::map<std::string, Histogram, std::less<>> latencies_;  // by route
  std::map<std::string, uint64_t, std::less<>> failures_;    // by code
  uint64_t stream_answers_ = 0;
};

}  // namespace sermo::serve
