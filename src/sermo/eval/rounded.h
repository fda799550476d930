// Numbers of reports.
#pragma once

#include <cmath>

namespace sermo::eval {

// Six digits are more than any figure of a report is worth, and half the bytes.
inline double rounded(double value) { return std::round(value * 1e6) / 1e6; }

}  // namespace sermo::eval
