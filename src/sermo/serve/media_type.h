// A Content-Type or Content-Disposition taken apart: `multipart/form-data; boundary="x"`.
//
// Thread rule: plain values, pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sermo::serve {

// A value and its parameters, as RFC 9110 5.6.6 writes them.
struct FieldValue {
  std::string value;                                            // in lower case
  std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case

  // The first parameter of this name.
  const std::string* parameter(std::string_view name) const;
};

// Nothing where the text does not follow the grammar. In quoted values a backslash quotes only a
// quote or a backslash, since browsers send `filename="C:\a.wav"` as it is.
std::optional<FieldValue> parse_field_value(std::string_view text);

}  // namespace sermo::serve
