#include "sermo/audio/ogg_pages.h"

#include <ogg/ogg.h>
#include <vorbis/codec.h>

#include <algorithm>
#include <cstring>

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

// The first packets of the first stream, as libogg finds them: pages with a wrong checksum are left
// out, and so is what depends on them.
class PacketReader {
 public:
  explicit PacketReader(std::span<const std::byte> bytes) : rest_(bytes) { ogg_sync_init(&sync_); }
  ~PacketReader() {
    if (has_stream_) ogg_stream_clear(&stream_);
    ogg_sync_clear(&sync_);
  }
  PacketReader(const PacketReader&) = delete;
  PacketReader& operator=(const PacketReader&) = delete;

  // False where the file ends or is damaged. The packet is valid until the next call.
  bool next(ogg_packet& packet) {
    while (true) {
      if (has_stream_) {
        const int found = ogg_stream_packetout(&stream_, &packet);
        if (found != 0) return found > 0;
      }
      ogg_page page{};
      const int found = ogg_sync_pageout(&sync_, &page);
      if (found == 0 && !feed()) return false;
      if (found <= 0) continue;  // more bytes are needed, or some were skipped
      if (!has_stream_) {
        if (ogg_stream_init(&stream_, ogg_page_serialno(&page)) != 0) return false;
        has_stream_ = true;
      }
      ogg_stream_pagein(&stream_, &page);
    }
  }

 private:
  bool feed() {
    constexpr size_t kBlockBytes = 4096;
    const size_t count = std::min(rest_.size(), kBlockBytes);
    if (count == 0) return false;
    char* const buffer = ogg_sync_buffer(&sync_, static_cast<long>(count));
    if (buffer == nullptr) return false;
    std::memcpy(buffer, rest_.data(), count);
    ogg_sync_wrote(&sync_, static_cast<long>(count));
    rest_ = rest_.subspan(count);
    return true;
  }

  std::span<const std::byte> rest_;
  ogg_sync_state sync_{};
  ogg_stream_state stream_{};
  bool has_stream_ = false;
};

}  // namespace

std::string_view ogg_codec(std::span<const std::byte> bytes) {
  using namespace std::string_view_literals;
  PacketReader reader(bytes);
  ogg_packet packet{};
  if (!reader.next(packet)) return "";
  const std::string_view head(reinterpret_cast<const char*>(packet.packet),
                              static_cast<size_t>(packet.bytes));
  if (head.starts_with("\x01vorbis"sv)) return "vorbis";
  if (head.starts_with("OpusHead"sv)) return "opus";
  if (head.starts_with("\x7F"
                       "FLAC"sv))
    return "flac";
  if (head.starts_with("Speex   "sv)) return "speex";
  if (head.starts_with("\x80theora"sv)) return "theora";
  return "";
}

bool has_whole_vorbis_headers(std::span<const std::byte> bytes) {
  constexpr int kNumHeaders = 3;
  PacketReader reader(bytes);
  vorbis_info info;
  vorbis_comment comment;
  vorbis_info_init(&info);
  vorbis_comment_init(&comment);
  bool whole = true;
  for (int i = 0; i < kNumHeaders && whole; ++i) {
    ogg_packet packet{};
    whole = reader.next(packet) && vorbis_synthesis_headerin(&info, &comment, &packet) == 0;
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
