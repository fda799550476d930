#include "sermo/model/shallow_json.h"

#include <algorithm>

namespace sermo::model {

nlohmann::json parse_shallow_json(std::string_view text) {
  // Brackets within strings count too: no text of ours comes near the bound.
  int depth = 0;
  for (const char c : text) {
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > kMaxJsonDepth) return nlohmann::json(nlohmann::json::value_t::discarded);
  }
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

}  // namespace sermo::model
