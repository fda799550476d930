#include "sermo/serve/negotiation.h"

#include <algorithm>
#include <charconv>

#include "sermo/serve/media_type.h"

namespace sermo::serve {
namespace {

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_wanted(const FieldValue& coding) {
  const std::string* q = coding.parameter("q");
  if (q == nullptr) return true;
  double quality = 0.0;
  std::from_chars(q->data(), q->data() + q->size(), quality);
  return quality > 0.0;
}

}  // namespace

std::string_view take_list_item(std::string_view& list) {
  const std::string_view item = list.substr(0, list.find(','));
  list.remove_prefix(std::min(item.size() + 1, list.size()));
  return trimmed(item);
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const auto coding = parse_field_value(take_list_item(accept_encoding));
    if (!coding) continue;
    if (coding->value == "gzip" || coding->value == "x-gzip") return is_wanted(*coding);
    if (coding->value == "*") any = is_wanted(*coding);
  }
  return any;
}

bool names_etag(std::string_view if_none_match, std::string_view etag) {
  if (trimmed(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    std::string_view item = take_list_item(if_none_match);
    if (item.starts_with("W/")) item.remove_prefix(2);
    if (item == etag) return true;
  }
  return false;
}

}  // namespace sermo::serve
