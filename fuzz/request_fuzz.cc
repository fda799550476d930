// Everything else that the service reads out of a request and a stream: addresses, field values,
// the first message of a stream and its frames. The first byte says how frames are cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "sermo/base/check.h"
#include "sermo/base/utf8.h"
#include "sermo/serve/access.h"
#include "sermo/serve/live_window.h"
#include "sermo/serve/media_type.h"
#include "sermo/serve/negotiation.h"
#include "sermo/serve/subprotocol.h"
#include "sermo/serve/target.h"

namespace {

// However the frames are cut, every whole sample is taken once and hops come one after another.
void stream(std::span<const std::byte> bytes, size_t frame_bytes) {
  sermo::serve::LiveWindow window(8000, {.window_s = 0.01, .hop_s = 0.003});
  size_t num_left = 0;
  double end_s = 0.0;
  while (!bytes.empty()) {
    std::span<const std::byte> frame = bytes.first(std::min(frame_bytes, bytes.size()));
    bytes = bytes.subspan(frame.size());
    while (window.take(frame)) {
      const sermo::serve::LiveHop hop = window.hop();
      SERMO_CHECK(hop.start_s >= 0.0 && hop.start_s < hop.end_s && hop.end_s > end_s, "hops go on");
      SERMO_CHECK(hop.num_new <= hop.samples.size() && hop.samples.size() <= 80, "the window");
      end_s = hop.end_s;
    }
    num_left += frame.size();
    SERMO_CHECK(frame.size() <= 1, "at most half a sample is left");
  }
  SERMO_CHECK(frame_bytes % 2 != 0 || num_left <= 1, "whole samples are taken");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  if (const auto target = sermo::serve::parse_target(text)) {
    SERMO_CHECK(target->path.starts_with('/'), "a path");
    SERMO_CHECK(sermo::is_utf8(target->path), "text");
  }
  sermo::serve::parse_field_value(text);
  sermo::serve::accepts_gzip(text);
  sermo::serve::names_etag(text, "\"tag\"");
  if (sermo::serve::has_stream_token("secret", text)) {
    SERMO_CHECK(sermo::serve::offers_live(text), "there is a name to answer with");
    SERMO_CHECK(text.find("sermo.token.c2VjcmV0") != text.npos, "the token was given");
  }
  if (const auto start = sermo::serve::parse_stream_start(text)) {
    SERMO_CHECK(start->sample_rate_hz >= 8000 && start->sample_rate_hz <= 192000, "a rate");
    SERMO_CHECK(!start->enrolment || start->enrolment->num_clips() > 0, "a voice has clips");
  }
  stream(std::as_bytes(std::span(data + 1, size - 1)), size_t{1} + data[0]);
  return 0;
}
