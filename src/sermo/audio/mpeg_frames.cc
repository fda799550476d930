#include "sermo/audio/mpeg_frames.h"

#include <algorithm>
#include <cstdint>

namespace sermo::audio {
namespace {

// ISO/IEC 11172-3 and 13818-3: kbit/s by bitrate index. Rows: MPEG-1 layers 1, 2, 3, then MPEG-2
// and 2.5 layer 1, then their layers 2 and 3.
constexpr uint16_t kBitratesKbps[5][15] = {
    {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
    {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320},
    {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
    {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
};

// What all frames of one stream share: sync, version, layer and sample rate for MPEG; sync,
// version, layer, profile and sample rate for ADTS.
constexpr uint32_t kSharedMpegBits = 0xFFFE'0C00;
constexpr uint32_t kSharedAdtsBits = 0xFFFE'FC00;

using FrameSize = size_t (*)(const ByteView&, size_t);

struct Chain {
  int num_frames = 0;
  bool reaches_end = false;
};

Chain follow(const ByteView& bytes, size_t position, FrameSize frame_size, uint32_t shared_bits) {
  constexpr int kEnough = 3;
  const auto shared = [&](size_t at) { return bytes.big_endian(at, 4) & shared_bits; };
  const uint64_t first = shared(position);
  Chain chain;
  while (chain.num_frames < kEnough) {
    const size_t size = frame_size(bytes, position);
    if (size == 0 || shared(position) != first) break;
    ++chain.num_frames;
    if (!bytes.has(position, size + 1)) {
      chain.reaches_end = true;
      break;
    }
    position += size;
  }
  return chain;
}

}  // namespace

size_t mpeg_frame_size(const ByteView& bytes, size_t position) {
  const auto header = static_cast<uint32_t>(bytes.big_endian(position, 4));
  if (!bytes.has(position, 4) || header >> 21 != 0x7FF) return 0;
  const uint32_t version = header >> 19 & 3;  // 3: MPEG-1, 2: MPEG-2, 0: MPEG-2.5
  const uint32_t layer = 4 - (header >> 17 & 3);
  const uint32_t bitrate_index = header >> 12 & 15;
  const uint32_t rate_index = header >> 10 & 3;
  const uint32_t padding = header >> 9 & 1;
  if (version == 1 || layer == 4 || bitrate_index == 0 || bitrate_index == 15 || rate_index == 3)
    return 0;
  constexpr uint32_t kMpeg1RatesHz[] = {44'100, 48'000, 32'000};
  const uint32_t rate_hz = kMpeg1RatesHz[rate_index] >> (version == 3 ? 0 : version == 2 ? 1 : 2);
  const uint32_t row = version == 3 ? layer - 1 : layer == 1 ? 3 : 4;
  const uint32_t bitrate = kBitratesKbps[row][bitrate_index] * 1000U;
  if (layer == 1) return (12 * bitrate / rate_hz + padding) * size_t{4};
  const uint32_t samples_over_8 = layer == 3 && version != 3 ? 72 : 144;
  return samples_over_8 * bitrate / rate_hz + padding;
}

bool mpeg_frame_tells_length(const ByteView& bytes, size_t position) {
  if (mpeg_frame_size(bytes, position) == 0) return false;
  constexpr size_t kVbri = 36;
  if (bytes.matches(position + kVbri, "VBRI")) return true;
  // The mark stands where the side information of an audio frame would end; its size depends on
  // version and channels, and two bytes of checksum may come before.
  for (const size_t side_info : {9U, 17U, 32U}) {
    for (const size_t checksum : {0U, 2U}) {
      const size_t mark = position + 4 + checksum + side_info;
      const bool has_mark = bytes.matches(mark, "Xing") || bytes.matches(mark, "Info");
      if (has_mark && (bytes.u8(mark + 7) & 1) != 0) return true;
    }
  }
  return false;
}

size_t adts_frame_size(const ByteView& bytes, size_t position) {
  constexpr size_t kHeaderSize = 7;
  const uint64_t header = bytes.big_endian(position, kHeaderSize);
  if (!bytes.has(position, kHeaderSize) || header >> 44 != 0xFFF) return 0;
  const uint64_t layer = header >> 41 & 3;
  const uint64_t rate_index = header >> 34 & 15;
  const uint64_t size = header >> 13 & 0x1FFF;
  return layer == 0 && rate_index <= 12 && size > kHeaderSize ? size : 0;
}

FrameSearch find_frames(const ByteView& bytes, size_t start) {
  // Enough for what cutting or a tag of an unknown kind leaves at the front.
  constexpr size_t kFarthest = 64 * 1024;
  const size_t end = std::min(bytes.size(), start + kFarthest);
  for (size_t position = start; position < end; ++position) {
    if (bytes.u8(position) != 0xFF) continue;
    for (const FrameKind kind : {FrameKind::kAdts, FrameKind::kMpeg}) {
      const bool adts = kind == FrameKind::kAdts;
      const Chain chain = follow(bytes, position, adts ? adts_frame_size : mpeg_frame_size,
                                 adts ? kSharedAdtsBits : kSharedMpegBits);
      const bool enough =
          position == start ? chain.num_frames >= 2 || chain.reaches_end : chain.num_frames >= 3;
      if (enough) return {kind, position};
    }
  }
  return {};
}

}  // namespace sermo::audio
