#include "sermo/serve/multipart.h"

#include <fmt/format.h>

#include <algorithm>

#include "sermo/serve/media_type.h"
#include "sermo/serve/target.h"

namespace sermo::serve {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::kUsage, fmt::format("malformed multipart/form-data: {}", why));
}

bool has_name(std::string_view line, std::string_view name) {
  return line.size() > name.size() && line[name.size()] == ':' &&
         std::ranges::equal(line.substr(0, name.size()), name, [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
         });
}

// RFC 5987's `UTF-8''na%C3%AFve.wav`; nothing in another character set.
std::optional<std::string> extended_value(std::string_view text) {
  constexpr std::string_view kUtf8 = "utf-8'";
  if (!std::ranges::equal(text.substr(0, kUtf8.size()), kUtf8, [](char a, char b) {
        return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
      })) {
    return std::nullopt;
  }
  text.remove_prefix(kUtf8.size());
  const size_t quote = text.find('\'');
  if (quote == std::string_view::npos) return std::nullopt;
  return percent_decoded(text.substr(quote + 1), false);
}

// Browsers write a quote or a line end in a name as %22, %0D and %0A (HTML, "multipart/form-data").
std::string without_browser_escapes(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "%22") {
      plain += '"';
      i += 2;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

Result<Part> parse_part_head(std::string_view head) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(std::min(line.size() + kLineEnd.size(), head.size()));
    constexpr std::string_view kDisposition = "content-disposition";
    if (!has_name(line, kDisposition)) continue;
    const auto disposition = parse_field_value(line.substr(kDisposition.size() + 1));
    if (!disposition || disposition->value != "form-data" || !disposition->parameter("name"))
      return malformed("a part's Content-Disposition is no `form-data; name=...`");
    Part part;
    part.name = without_browser_escapes(*disposition->parameter("name"));
    if (const std::string* plain = disposition->parameter("filename"))
      part.filename = without_browser_escapes(*plain);
    if (const std::string* extended = disposition->parameter("filename*")) {
      if (std::optional<std::string> name = extended_value(*extended)) part.filename = *name;
    }
    return part;
  }
  return malformed("a part has no Content-Disposition");
}

}  // namespace

Result<std::vector<Part>> parse_multipart(std::string_view content_type,
                                          std::span<const std::byte> body) {
  const auto type = parse_field_value(content_type);
  const std::string* boundary = type ? type->parameter("boundary") : nullptr;
  if (boundary == nullptr || boundary->empty() || boundary->size() > kMaxBoundaryBytes)
    return malformed("its Content-Type names no boundary of 1 to 70 characters");
  const std::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
  const std::string dashes = "--" + *boundary;
  const std::string delimiter = std::string(kLineEnd) + dashes;

  // What stands before the first boundary is to be ignored (RFC 2046 5.1.1).
  size_t at = 0;
  if (!text.starts_with(dashes)) {
    at = text.find(delimiter);
    if (at == std::string_view::npos) return malformed("its boundary does not come");
    at += kLineEnd.size();
  }
  at += dashes.size();

  std::vector<Part> parts;
  while (true) {
    if (text.substr(at, 2) == "--") return parts;
    at = std::min(text.find_first_not_of(" \t", at), text.size());
    if (text.substr(at, kLineEnd.size()) != kLineEnd)
      return malformed("a boundary is not followed by a line end");
    if (parts.size() == kMaxParts) return malformed(fmt::format("more than {} parts", kMaxParts));
    // An empty head is a line end at once; to find it with the others, start at the one before.
    const size_t head_end = text.substr(at, kMaxPartHeadBytes).find("\r\n\r\n");
    if (head_end == std::string_view::npos)
      return malformed(
          fmt::format("the head of a part does not end within {} bytes", kMaxPartHeadBytes));
    const std::string_view head = text.substr(at, head_end);
    SERMO_TRY(Part part, parse_part_head(head.substr(std::min(kLineEnd.size(), head.size()))));
    const size_t begin = at + head_end + 4;
    // The line end before the boundary belongs to it; of an empty part it is also the head's.
    const size_t end = text.find(delimiter, begin - kLineEnd.size());
    if (end == std::string_view::npos) return malformed("it ends in the middle of a part");
    part.bytes = end < begin ? std::span<const std::byte>() : body.subspan(begin, end - begin);
    parts.push_back(std::move(part));
    at = end + delimiter.size();
  }
}

}  // namespace sermo::serve
