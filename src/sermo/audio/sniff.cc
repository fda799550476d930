#include "sermo/audio/sniff.h"

#include <algorithm>
#include <cstdint>

#include "sermo/audio/byte_view.h"
#include "sermo/audio/mpeg_frames.h"

namespace sermo::audio {
namespace {

using namespace std::string_view_literals;

struct Mark {
  size_t position;
  std::string_view bytes;
  Content content;
};

// The first that matches wins.
constexpr Mark kMarks[] = {
    {0, "riff\x2E\x91\xCF\x11\xA5\xD6\x28\xDB\x04\xC1\x00\x00"sv, {Container::kW64, "w64"}},
    {0, "OggS"sv, {Container::kOgg, "ogg"}},
    {0, ".snd"sv, {Container::kAu, "au"}},
    {0, "caff\0\1"sv, {Container::kCaf, "caf"}},
    {4, "ftypM4A"sv, {Container::kMp4, "m4a"}},
    {4, "ftypM4B"sv, {Container::kMp4, "m4a"}},
    {4, "ftypqt"sv, {Container::kMp4, "mov"}},
    {4, "ftyp3g"sv, {Container::kMp4, "3gp"}},
    {4, "ftypheic"sv, {Container::kNone, "a HEIC picture"}},
    {4, "ftypmif1"sv, {Container::kNone, "a HEIF picture"}},
    {4, "ftypavif"sv, {Container::kNone, "an AVIF picture"}},
    {4, "ftyp"sv, {Container::kMp4, "mp4"}},
    // QuickTime files older than the ftyp box.
    {4, "moov"sv, {Container::kMp4, "mov"}},
    {4, "mdat"sv, {Container::kMp4, "mov"}},
    {4, "wide"sv, {Container::kMp4, "mov"}},
    {0, "\x89PNG\r\n\x1A\n"sv, {Container::kNone, "a PNG picture"}},
    {0, "\xFF\xD8\xFF"sv, {Container::kNone, "a JPEG picture"}},
    {0, "GIF8"sv, {Container::kNone, "a GIF picture"}},
    {0, "II*\0"sv, {Container::kNone, "a TIFF picture"}},
    {0, "MM\0*"sv, {Container::kNone, "a TIFF picture"}},
    {0, "%PDF-"sv, {Container::kNone, "a PDF document"}},
    {0, "PK\3\4"sv, {Container::kNone, "a zip archive"}},
    {0, "\x1F\x8B\x08"sv, {Container::kNone, "gzip data"}},
    {0, "7z\xBC\xAF\x27\x1C"sv, {Container::kNone, "a 7z archive"}},
    {0,
     "\xFD"
     "7zXZ"sv,
     {Container::kNone, "xz data"}},
    {0,
     "\x7F"
     "ELF"sv,
     {Container::kNone, "a program"}},
    {0, "\x93NUMPY"sv, {Container::kNone, "a NumPy array"}},
    {0, "MThd"sv, {Container::kNone, "a MIDI file"}},
    {0, "#!AMR"sv, {Container::kNone, "AMR speech"}},
    {0, "FLV\1"sv, {Container::kNone, "Flash video"}},
    {0, "wvpk"sv, {Container::kNone, "WavPack audio"}},
    {0, "MAC "sv, {Container::kNone, "Monkey's Audio"}},
    {0, "MPCK"sv, {Container::kNone, "Musepack audio"}},
    {0, "\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, {Container::kNone, "Windows Media"}},
    {0, "\x00\x00\x01\xBA"sv, {Container::kNone, "MPEG video"}},
};

Content sniff_riff(const ByteView& bytes) {
  if (bytes.matches(8, "WAVE")) return {Container::kWav, "wav"};
  if (bytes.matches(8, "AVI ")) return {Container::kNone, "an AVI video"};
  if (bytes.matches(8, "WEBP")) return {Container::kNone, "a WebP picture"};
  return {Container::kNone, "RIFF data without sound"};
}

Content sniff_matroska(const ByteView& bytes) {
  constexpr size_t kLongestHeader = 64;  // the document type stands within
  for (size_t i = 4; i < kLongestHeader; ++i) {
    if (bytes.matches(i, "webm")) return {Container::kMatroska, "webm"};
  }
  return {Container::kMatroska, "matroska"};
}

// Valid UTF-8 (a character may be cut at the end of what is looked at) without control characters.
bool is_utf8_text(std::span<const std::byte> head) {
  int num_continuations = 0;
  for (const std::byte b : head) {
    const auto c = std::to_integer<uint8_t>(b);
    if (num_continuations > 0) {
      if ((c & 0xC0) != 0x80) return false;
      --num_continuations;
    } else if (c < 0x80) {
      const bool control = (c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1B) || c == 0x7F;
      if (control) return false;
    } else if (c >= 0xC2 && c <= 0xF4) {
      num_continuations = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    } else {
      return false;
    }
  }
  return true;
}

// A byte order mark, and mostly characters of scripts with few letters (below U+0800), none of them
// zero.
bool is_utf16_text(const ByteView& head) {
  const bool little = head.matches(0, "\xFF\xFE"sv);
  if (!little && !head.matches(0, "\xFE\xFF"sv)) return false;
  size_t num_letters = 0;
  const size_t num_units = head.size() / 2 - 1;
  for (size_t i = 1; i <= num_units; ++i) {
    const uint64_t unit = little ? head.little_endian(2 * i, 2) : head.big_endian(2 * i, 2);
    if (unit == 0) return false;
    num_letters += unit < 0x800 ? 1 : 0;
  }
  return 2 * num_letters >= num_units;
}

bool is_text(std::span<const std::byte> bytes) {
  constexpr size_t kHead = 1024;
  const std::span<const std::byte> head = bytes.first(std::min(bytes.size(), kHead));
  return is_utf8_text(head) || is_utf16_text(ByteView(head));
}

}  // namespace

size_t id3v2_size(std::span<const std::byte> all) {
  constexpr size_t kHeaderSize = 10;
  const ByteView bytes(all);
  size_t position = 0;
  while (bytes.matches(position, "ID3") && bytes.has(position, kHeaderSize)) {
    size_t size = 0;
    for (size_t i = 6; i < kHeaderSize; ++i) size = size << 7 | (bytes.u8(position + i) & 0x7F);
    const bool has_footer = (bytes.u8(position + 5) & 0x10) != 0;
    position += kHeaderSize + size + (has_footer ? kHeaderSize : 0);
  }
  return position;
}

Content sniff(std::span<const std::byte> all) {
  const ByteView bytes(all);
  for (const Mark& mark : kMarks) {
    if (bytes.matches(mark.position, mark.bytes)) return mark.content;
  }
  for (const std::string_view mark : {"RIFF"sv, "RIFX"sv, "RF64"sv, "BW64"sv}) {
    if (bytes.matches(0, mark)) return sniff_riff(bytes);
  }
  if (bytes.matches(0, "FORM") && (bytes.matches(8, "AIFF") || bytes.matches(8, "AIFC")))
    return {Container::kAiff, "aiff"};
  if (bytes.matches(0, "\x1A\x45\xDF\xA3")) return sniff_matroska(bytes);

  const size_t start = id3v2_size(all);
  if (bytes.matches(start, "fLaC")) return {Container::kFlac, "flac", start};
  if (start == 0 && is_text(all)) return {Container::kNone, "text"};
  switch (const FrameSearch found = find_frames(bytes, start); found.kind) {
    case FrameKind::kAdts:
      return {Container::kAac, "aac", found.position};
    case FrameKind::kMpeg:
      return {Container::kMp3, "mp3", found.position};
    case FrameKind::kNone:
      break;
  }
  return start > 0 ? Content{Container::kMp3, "mp3", start} : Content{};
}

}  // namespace sermo::audio
