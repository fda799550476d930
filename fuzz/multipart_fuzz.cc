// Any bytes as a form: an error or parts that lie in the body, in order. The first line is the
// Content-Type.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sermo/base/check.h"
#include "sermo/serve/multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view content_type = text.substr(0, text.find('\n'));
  const size_t begin = content_type.size() < size ? content_type.size() + 1 : size;
  const std::span<const std::byte> body = std::as_bytes(std::span(data, size)).subspan(begin);
  const auto parts = sermo::serve::parse_multipart(content_type, body);
  if (!parts) return 0;
  const std::byte* at = body.data();
  for (const sermo::serve::Part& part : *parts) {
    if (part.bytes.empty()) continue;
    SERMO_CHECK(part.bytes.data() >= at, "parts lie in the body, one after another");
    at = part.bytes.data() + part.bytes.size();
    SERMO_CHECK(at <= body.data() + body.size(), "parts end in the body");
  }
  return 0;
}
