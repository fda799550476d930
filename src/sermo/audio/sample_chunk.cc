#include "sermo/audio/sample_chunk.h"

#include <algorithm>

#include "sermo/audio/byte_view.h"
#include "sermo/base/check.h"

namespace sermo::audio {
namespace {

constexpr uint64_t kUnknown32 = 0xFFFF'FFFF;
constexpr uint64_t kUnknown64 = ~uint64_t{0};

SampleChunk make_chunk(const ByteView& bytes, size_t position, uint64_t declared_bytes,
                       bool open_ended) {
  SampleChunk chunk;
  chunk.position = std::min(position, bytes.size());
  const size_t rest = bytes.size() - chunk.position;
  chunk.open_ended = open_ended;
  chunk.declared_bytes = open_ended ? rest : declared_bytes;
  chunk.present_bytes = static_cast<size_t>(std::min<uint64_t>(rest, chunk.declared_bytes));
  return chunk;
}

// Goes through the chunks from `position` on. `visit(position, size)` sees each header's position
// and the size of its body, and says whether to stop.
template <typename ReadSize, typename Visit>
void for_each_chunk(const ByteView& bytes, size_t position, size_t header_bytes, size_t alignment,
                    ReadSize read_size, Visit visit) {
  while (bytes.has(position, header_bytes)) {
    const uint64_t size = read_size(position);
    if (visit(position, size)) return;
    if (size > bytes.size()) return;
    position += header_bytes + (static_cast<size_t>(size) + alignment - 1) / alignment * alignment;
  }
}

// A chunk of the kind that may stand behind the samples: a name of four characters and a size that
// fits.
bool is_whole_chunk(const ByteView& bytes, size_t position) {
  for (size_t i = 0; i < 4; ++i) {
    const uint8_t c = bytes.u8(position + i);
    if (c < ' ' || c > '~') return false;
  }
  return bytes.has(position + 8, static_cast<size_t>(bytes.little_endian(position + 4, 4)));
}

// Whether the size of a wav's data chunk is one that stands for an unknown size. The samples would
// begin at `position`.
bool is_placeholder(const ByteView& bytes, size_t position, uint64_t size, uint16_t frame_bytes) {
  constexpr uint64_t kArecord = 0x8000'0000;
  constexpr uint64_t kSox = 0x7FFF'F000;  // rounded down to whole frames
  if (size == kUnknown32 || size == kArecord) return true;
  if (size <= kSox && size + frame_bytes > kSox) return true;
  // A recording without any samples may be meant: then only chunks follow, or nothing.
  return size == 0 && position < bytes.size() && !is_whole_chunk(bytes, position);
}

std::optional<SampleChunk> find_in_wav(const ByteView& bytes) {
  const bool big = bytes.matches(0, "RIFX");
  const bool has_64_bit_sizes = bytes.matches(0, "RF64") || bytes.matches(0, "BW64");
  const auto number = [&](size_t position, int num_bytes) {
    return big ? bytes.big_endian(position, num_bytes) : bytes.little_endian(position, num_bytes);
  };
  std::optional<SampleChunk> found;
  uint16_t frame_bytes = 1;
  uint16_t format_tag = 0;
  std::optional<uint64_t> size_in_ds64;
  for_each_chunk(
      bytes, 12, 8, 2, [&](size_t position) { return number(position + 4, 4); },
      [&](size_t position, uint64_t size) {
        const size_t body = position + 8;
        if (bytes.matches(position, "ds64") && has_64_bit_sizes) {
          size_in_ds64 = bytes.little_endian(body + 8, 8);
        } else if (bytes.matches(position, "fmt ")) {
          format_tag = static_cast<uint16_t>(number(body, 2));
          frame_bytes = std::max<uint16_t>(1, static_cast<uint16_t>(number(body + 12, 2)));
        } else if (bytes.matches(position, "data")) {
          const bool elsewhere = size == kUnknown32 && size_in_ds64.has_value();
          const uint64_t declared = elsewhere ? *size_in_ds64 : size;
          const bool open_ended = elsewhere ? declared == 0 || declared == kUnknown64
                                            : is_placeholder(bytes, body, size, frame_bytes);
          found = make_chunk(bytes, body, declared, open_ended);
        }
        return found.has_value();
      });
  if (found) {
    found->frame_bytes = frame_bytes;
    found->format_tag = format_tag;
  }
  return found;
}

std::optional<SampleChunk> find_in_aiff(const ByteView& bytes) {
  std::optional<SampleChunk> found;
  for_each_chunk(
      bytes, 12, 8, 2, [&](size_t position) { return bytes.big_endian(position + 4, 4); },
      [&](size_t position, uint64_t size) {
        constexpr size_t kOffsetAndBlockSize = 8;
        if (bytes.matches(position, "SSND") && size >= kOffsetAndBlockSize) {
          found = make_chunk(bytes, position + 8 + kOffsetAndBlockSize, size - kOffsetAndBlockSize,
                             size == kUnknown32);
        }
        return found.has_value();
      });
  return found;
}

std::optional<SampleChunk> find_in_caf(const ByteView& bytes) {
  std::optional<SampleChunk> found;
  for_each_chunk(
      bytes, 8, 12, 1, [&](size_t position) { return bytes.big_endian(position + 4, 8); },
      [&](size_t position, uint64_t size) {
        constexpr size_t kEditCount = 4;
        if (bytes.matches(position, "data") && size >= kEditCount)
          found =
              make_chunk(bytes, position + 12 + kEditCount, size - kEditCount, size == kUnknown64);
        return found.has_value();
      });
  return found;
}

std::optional<SampleChunk> find_in_w64(const ByteView& bytes) {
  constexpr size_t kGuid = 16;
  constexpr size_t kHeader = kGuid + 8;  // sizes count it in
  std::optional<SampleChunk> found;
  for_each_chunk(
      bytes, 2 * kGuid + 8, kHeader, 8,
      [&](size_t position) {
        const uint64_t size = bytes.little_endian(position + kGuid, 8);
        return size >= kHeader ? size - kHeader : kUnknown64;
      },
      [&](size_t position, uint64_t size) {
        if (bytes.matches(position, "data"))
          found = make_chunk(bytes, position + kHeader, size, size == kUnknown64);
        return found.has_value();
      });
  return found;
}

std::optional<SampleChunk> find_in_au(const ByteView& bytes) {
  const uint64_t declared = bytes.big_endian(8, 4);
  return make_chunk(bytes, static_cast<size_t>(bytes.big_endian(4, 4)), declared,
                    declared == kUnknown32);
}

void put_little_endian_32(std::vector<std::byte>& bytes, size_t position, uint32_t value) {
  for (size_t i = 0; i < 4; ++i) bytes[position + i] = static_cast<std::byte>(value >> (8 * i));
}

}  // namespace

std::optional<SampleChunk> find_sample_chunk(std::span<const std::byte> all, Container container) {
  const ByteView bytes(all);
  switch (container) {
    case Container::kWav:
      return find_in_wav(bytes);
    case Container::kW64:
      return find_in_w64(bytes);
    case Container::kAiff:
      return find_in_aiff(bytes);
    case Container::kAu:
      return find_in_au(bytes);
    case Container::kCaf:
      return find_in_caf(bytes);
    default:
      return std::nullopt;
  }
}

std::vector<std::byte> with_true_sizes(std::span<const std::byte> wav, const SampleChunk& chunk) {
  SERMO_CHECK(chunk.position >= 8 && chunk.position <= wav.size(), "a chunk of this file");
  std::vector<std::byte> copy(wav.begin(), wav.end());
  const bool big = ByteView(wav).matches(0, "RIFX");
  if (!big) put_little_endian_32(copy, 0, 0x4646'4952);  // "RIFF"
  const auto put = [&](size_t position, size_t value) {
    put_little_endian_32(copy, position,
                         static_cast<uint32_t>(std::min<size_t>(value, kUnknown32 - 1)));
    if (big) std::reverse(copy.begin() + position, copy.begin() + position + 4);
  };
  put(4, wav.size() - 8);
  put(chunk.position - 4, chunk.present_bytes);
  return copy;
}

}  // namespace sermo::audio
