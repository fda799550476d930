// Where a chunked file (wav, w64, aiff, au, caf) keeps its samples and how many bytes of them its
// header promises, so that a file that was cut short is told from a whole one, and a wav that was
// written into a pipe is read to its end. libsndfile silently takes what is there.
// Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sermo/audio/sniff.h"

namespace sermo::audio {

struct SampleChunk {
  size_t position = 0;          // of the first byte of samples
  size_t present_bytes = 0;     // from there to the end of the chunk or of the file
  uint64_t declared_bytes = 0;  // as the header says; present_bytes where it leaves that open
  // The writer could not go back and fill in the size: 0, 0xFFFFFFFF (FFmpeg), 0x7FFFF000 (SoX) or
  // 0x80000000 (arecord).
  bool open_ended = false;
  uint16_t frame_bytes = 1;  // of one frame of all channels, where the header says so
  uint16_t format_tag = 0;   // of a wav: 1 PCM, 3 float, 0x55 mp3 ...

  // More than a part of a frame is missing.
  bool truncated() const { return declared_bytes >= present_bytes + frame_bytes; }
};

// Nothing where the container has no such chunk, or `container` is none of the five.
std::optional<SampleChunk> find_sample_chunk(std::span<const std::byte> bytes, Container container);

// A copy of an open-ended wav with its true sizes written in (RF64 becomes RIFF).
std::vector<std::byte> with_true_sizes(std::span<const std::byte> wav, const SampleChunk& chunk);

}  // namespace sermo::audio
