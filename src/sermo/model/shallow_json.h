// JSON text that nobody vouches for, to a value.
//
// Nesting is bounded before the parser sees the text, since writing a value out again recurses.
// Thread rule: pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

namespace sermo::model {

// Deeper than anything a model or manifest says of itself.
inline constexpr int kMaxJsonDepth = 32;

// A discarded value (is_discarded()) for text that is no JSON, or too deep.
nlohmann::json parse_shallow_json(std::string_view text);

}  // namespace sermo::model
