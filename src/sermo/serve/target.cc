#include "sermo/serve/target.h"

#include <fmt/format.h>

#include <algorithm>

#include "sermo/base/utf8.h"

namespace sermo::serve {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_clean(std::string_view text) {
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  return std::ranges::none_of(text, is_control) && is_utf8(text);
}

Result<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::optional<std::string> plain = percent_decoded(text, plus_is_space);
  if (!plain) return fail(ErrorCode::kUsage, "the address holds a broken %-escape");
  if (!is_clean(*plain))
    return fail(ErrorCode::kUsage, "the address holds control characters or is no UTF-8");
  return std::move(*plain);
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string plain;
  plain.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      plain += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      plain += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return plain;
}

Result<std::optional<std::string>> Target::parameter(std::string_view name) const {
  std::optional<std::string> value;
  for (const auto& [key, text] : query) {
    if (key != name) continue;
    if (value) return fail(ErrorCode::kUsage, fmt::format("the parameter {} is given twice", name));
    value = text;
  }
  return value;
}

Result<Target> parse_target(std::string_view text) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!text.starts_with(scheme)) continue;
    text.remove_prefix(scheme.size());
    text.remove_prefix(std::min(text.find_first_of("/?"), text.size()));
    break;
  }
  text = text.substr(0, text.find('#'));
  const size_t question = std::min(text.find('?'), text.size());
  const std::string_view path = text.substr(0, question);
  if (!path.empty() && path.front() != '/')
    return fail(ErrorCode::kUsage, "the address must be a path that starts with /");
  Target target;
  SERMO_TRY(target.path, decoded(path.empty() ? "/" : path, false));
  std::string_view rest = text.substr(std::min(question + 1, text.size()));
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.empty()) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    SERMO_TRY(std::string name, decoded(pair.substr(0, equals), true));
    SERMO_TRY(std::string value, decoded(pair.substr(std::min(equals + 1, pair.size())), true));
    target.query.emplace_back(std::move(name), std::move(value));
  }
  return target;
}

}  // namespace sermo::serve
