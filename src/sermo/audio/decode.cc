#include "sermo/audio/decode.h"

#include <fmt/format.h>

#include "sermo/audio/ffmpeg_reader.h"
#include "sermo/audio/mpeg_reader.h"
#include "sermo/audio/ogg_pages.h"
#include "sermo/audio/reader.h"
#include "sermo/audio/sample_chunk.h"
#include "sermo/audio/sndfile_reader.h"
#include "sermo/audio/sniff.h"
#include "sermo/base/file.h"

namespace sermo::audio {
namespace {

using Bytes = std::span<const std::byte>;

Result<Reading> read_chunked(Bytes bytes, const Content& content, const DecodeOptions& options) {
  const std::optional<SampleChunk> chunk = find_sample_chunk(bytes, content.container);
  if (!chunk) return read_with_sndfile(bytes, content.name, options);
  constexpr uint16_t kMpegLayer12 = 0x50;
  constexpr uint16_t kMpegLayer3 = 0x55;
  if (chunk->format_tag == kMpegLayer3 || chunk->format_tag == kMpegLayer12) {
    return read_mpeg(bytes.subspan(chunk->position, chunk->present_bytes), content.name, options);
  }
  std::vector<std::byte> repaired;
  if (chunk->open_ended && content.container == Container::kWav) {
    repaired = with_true_sizes(bytes, *chunk);
    bytes = repaired;
  }
  SERMO_TRY(Reading reading, read_with_sndfile(bytes, content.name, options));
  reading.declared_duration_s = 0.0;  // libsndfile has cut it down to what is there
  if (reading.audio.samples.empty() && chunk->present_bytes < chunk->declared_bytes)
    return fail(ErrorCode::kCorrupt, "it ends before its first sample");
  if (!chunk->truncated()) return reading;
  reading.declared_duration_s = reading.audio.duration_s() *
                                static_cast<double>(chunk->declared_bytes) /
                                static_cast<double>(chunk->present_bytes);
  return reading;
}

Result<Reading> read_ogg(Bytes bytes, const Content& content, const DecodeOptions& options) {
  const std::string_view codec = ogg_codec(bytes);
  if (codec == "speex" || codec == "theora")
    return fail(ErrorCode::kUnsupported, fmt::format("ogg with {}", codec));
  if (codec == "vorbis" && !has_whole_vorbis_headers(bytes))
    return fail(ErrorCode::kCorrupt, "its headers are damaged or cut short");
  SERMO_TRY(Reading reading, read_with_sndfile(bytes, content.name, options));
  reading.declared_duration_s = 0.0;  // libsndfile looks it up in the last page that is there
  if (!ogg_has_end(bytes)) {
    if (reading.audio.samples.empty())
      return fail(ErrorCode::kCorrupt, "it ends before its first sample");
    reading.audio.warnings.push_back(
        fmt::format("truncated: its end is missing, after {:.2f} s", reading.audio.duration_s()));
  }
  return reading;
}

Result<Reading> read(Bytes bytes, const Content& content, const DecodeOptions& options) {
  const Bytes from_start = bytes.subspan(std::min(content.start, bytes.size()));
  switch (content.container) {
    case Container::kWav:
    case Container::kW64:
    case Container::kAiff:
    case Container::kAu:
    case Container::kCaf:
      return read_chunked(bytes, content, options);
    case Container::kFlac:
      return read_with_sndfile(from_start, content.name, options);
    case Container::kOgg:
      return read_ogg(bytes, content, options);
    case Container::kMp3:
      return read_mpeg(from_start, content.name, options);
    case Container::kAac:
    case Container::kMp4:
    case Container::kMatroska:
      return read_with_ffmpeg(from_start, content.name, options);
    case Container::kNone:
      break;
  }
  return fail(ErrorCode::kUnsupported,
              content.name.empty() ? "not audio, or of an unknown kind"
                                   : fmt::format("not audio (looks like {})", content.name));
}

}  // namespace

Result<DecodedAudio> decode_bytes(Bytes bytes, const DecodeOptions& options) {
  if (bytes.empty()) return fail(ErrorCode::kTooShort, "the file is empty");
  const Content content = sniff(bytes);
  Result<Reading> reading = read(bytes, content, options);
  if (!reading) {
    if (reading.error().code == ErrorCode::kCorrupt)
      return fail(std::move(reading.error()).in(fmt::format("damaged {}", content.name)));
    return fail(std::move(reading.error()));
  }
  DecodedAudio& audio = reading->audio;
  const double declared_s = reading->declared_duration_s;
  // Less would read `1.83 of 1.83 s`, and nobody misses it.
  constexpr double kTolerated_s = 0.01;
  const bool truncated = declared_s - audio.duration_s() > kTolerated_s;
  if (audio.samples.empty()) {
    if (truncated) {
      return fail(ErrorCode::kCorrupt,
                  fmt::format("damaged {}: nothing of its {:.2f} s can be decoded", content.name,
                              declared_s));
    }
    return fail(ErrorCode::kTooShort, fmt::format("no samples in this {}", content.name));
  }
  if (truncated) {
    audio.warnings.insert(audio.warnings.begin(), fmt::format("truncated: {:.2f} of {:.2f} s",
                                                              audio.duration_s(), declared_s));
  }
  return std::move(audio);
}

Result<DecodedAudio> decode_file(const std::filesystem::path& path, const DecodeOptions& options) {
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path));
  Result<DecodedAudio> audio = decode_bytes(bytes, options);
  if (!audio) return fail(std::move(audio.error()).in(path.string()));
  return audio;
}

}  // namespace sermo::audio
