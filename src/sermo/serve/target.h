// The target of a request, "/api/v1/predict?model=svm", taken apart.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::serve {

struct Target {
  std::string path;                                        // decoded; starts with '/'
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order

  // The value of a parameter that may be given once. kUsage when it is given twice.
  Result<std::optional<std::string>> parameter(std::string_view name) const;
};

// Origin form ("/path?query") or absolute form ("http://host/path?query"). kUsage for anything
// else: a broken %-escape, a control character or bytes that are no UTF-8, plain or escaped.
Result<Target> parse_target(std::string_view text);

// %-escapes (and '+' for a space where `plus_is_space`) as bytes; nothing where an escape is
// broken.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space);

}  // namespace sermo::serve
