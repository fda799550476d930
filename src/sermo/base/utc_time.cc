#include "sermo/base/utc_time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace sermo {

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

}  // namespace sermo
