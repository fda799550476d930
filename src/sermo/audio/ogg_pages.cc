#include "sermo/audio/ogg_pages.h"

#include <vorbis/codec.h>

#include <string>
#include <utility>
#include <vector>

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

// The first packets of the first stream; fewer where the file ends or is damaged before.
std::vector<std::string> first_packets(const ByteView& bytes, size_t num_packets) {
  constexpr size_t kSerial = 14;
  constexpr size_t kSerialBytes = 4;
  constexpr uint8_t kLongest = 255;  // a segment that the next one continues
  std::vector<std::string> packets;
  std::string packet;
  const uint64_t serial = bytes.little_endian(kSerial, kSerialBytes);
  for (size_t page = 0; bytes.matches(page, "OggS"); page += page_size(bytes, page)) {
    if (!bytes.has(page, page_size(bytes, page))) break;
    if (bytes.little_endian(page + kSerial, kSerialBytes) != serial) continue;
    const size_t num_segments = bytes.u8(page + 26);
    size_t position = page + kHeaderBytes + num_segments;
    for (size_t i = 0; i < num_segments; ++i) {
      const uint8_t size = bytes.u8(page + kHeaderBytes + i);
      for (size_t end = position + size; position < end; ++position)
        packet.push_back(static_cast<char>(bytes.u8(position)));
      if (size == kLongest) continue;
      packets.push_back(std::exchange(packet, {}));
      if (packets.size() == num_packets) return packets;
    }
  }
  return packets;
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

bool has_whole_vorbis_headers(std::span<const std::byte> bytes) {
  constexpr size_t kNumHeaders = 3;
  std::vector<std::string> packets = first_packets(ByteView(bytes), kNumHeaders);
  if (packets.size() < kNumHeaders) return false;
  vorbis_info info;
  vorbis_comment comment;
  vorbis_info_init(&info);
  vorbis_comment_init(&comment);
  bool whole = true;
  for (size_t i = 0; i < kNumHeaders && whole; ++i) {
    ogg_packet packet{};
    packet.packet = reinterpret_cast<unsigned char*>(packets[i].data());
    packet.bytes = static_cast<long>(packets[i].size());
    packet.b_o_s = i == 0 ? 1 : 0;
    packet.packetno = static_cast<ogg_int64_t>(i);
    whole = vorbis_synthesis_headerin(&info, &comment, &packet) == 0;
  }
  vorbis_comment_clear(&comment);
  vorbis_info_clear(&info);
  return whole;
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
