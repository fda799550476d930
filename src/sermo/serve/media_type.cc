#include "sermo/serve/media_type.h"

#include <algorithm>

namespace sermo::serve {
namespace {

constexpr std::string_view kSpaces = " \t";

void skip_spaces(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kSpaces), text.size()));
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Everything up to one of `ends`, without spaces at its end.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  std::string_view token = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(token.size());
  const size_t last = token.find_last_not_of(kSpaces);
  return token.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    const bool quotes_next =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\');
    if (quotes_next) ++i;
    value += text[i];
  }
  return std::nullopt;
}

}  // namespace

const std::string* FieldValue::parameter(std::string_view name) const {
  for (const auto& [key, value_of_key] : parameters) {
    if (key == name) return &value_of_key;
  }
  return nullptr;
}

std::optional<FieldValue> parse_field_value(std::string_view text) {
  FieldValue result;
  skip_spaces(text);
  result.value = lower(take_until(text, ";"));
  if (result.value.empty()) return std::nullopt;
  while (!text.empty()) {
    text.remove_prefix(1);  // the semicolon
    skip_spaces(text);
    if (text.empty() || text.front() == ';') continue;
    std::string name = lower(take_until(text, "=;"));
    if (name.empty() || text.empty() || text.front() != '=') return std::nullopt;
    text.remove_prefix(1);
    skip_spaces(text);
    if (text.starts_with('"')) {
      std::optional<std::string> value = take_quoted(text);
      if (!value) return std::nullopt;
      result.parameters.emplace_back(std::move(name), std::move(*value));
      skip_spaces(text);
      if (!text.empty() && text.front() != ';') return std::nullopt;
    } else {
      result.parameters.emplace_back(std::move(name), std::string(take_until(text, ";")));
    }
  }
  return result;
}

}  // namespace sermo::serve
