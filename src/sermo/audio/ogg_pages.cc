#include "sermo/audio/ogg_pages.h"

#include "sermo/audio/byte_view.h"

namespace sermo::audio {
namespace {

constexpr size_t kHeaderBytes = 27;

// RFC 3533: a header, a table of segment sizes, the segments.
size_t page_size(const ByteView& bytes, size_t position) {
  const size_t num_segments = bytes.u8(position + 26);
  size_t size = kHeaderBytes + num_segments;
  for (size_t i = 0; i < num_segments; ++i) size += bytes.u8(position + kHeaderBytes + i);
  return size;
}

}  // namespace

std::string_view ogg_codec(std::span<const std::byte> all) {
  using namespace std::string_view_literals;
  const ByteView bytes(all);
  const size_t packet = kHeaderBytes + bytes.u8(26);
  if (bytes.matches(packet, "\x01vorbis"sv)) return "vorbis";
  if (bytes.matches(packet, "OpusHead"sv)) return "opus";
  if (bytes.matches(packet,
                    "\x7F"
                    "FLAC"sv))
    return "flac";
  if (bytes.matches(packet, "Speex   "sv)) return "speex";
  if (bytes.matches(packet, "\x80theora"sv)) return "theora";
  return "";
}

bool ogg_has_end(std::span<const std::byte> all) {
  const ByteView bytes(all);
  bool ends_stream = false;
  for (size_t position = 0; bytes.matches(position, "OggS");) {
    const size_t size = page_size(bytes, position);
    if (!bytes.has(position, size)) return false;
    constexpr uint8_t kEndOfStream = 4;
    ends_stream = (bytes.u8(position + 5) & kEndOfStream) != 0;
    position += size;
  }
  return ends_stream;
}

}  // namespace sermo::audio
