// The time of day, as files and reports write it.
#pragma once

#include <string>

namespace sermo {

// "2024-05-31T09:30:00Z": now, in UTC, ISO 8601. Safe from any thread.
std::string now_utc();

}  // namespace sermo
