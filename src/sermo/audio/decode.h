// Any audio file or bytes in memory -> mono float32 samples at the file's own rate.
//
// The container is told from the content, never from the name (sniff.h). libsndfile reads wav, w64,
// aiff, au, caf, flac and ogg with Vorbis or Opus, libmpg123 reads mp3: the libraries that librosa
// reads them with, and the same samples, bit for bit for lossless files. AAC, m4a, mp4, mov, 3gp,
// webm and matroska are read by a module linked with FFmpeg that is opened at first need
// (ffmpeg_reader.h). Channels (1 to 8) are averaged to mono in float32, as librosa.to_mono does.
// 16-bit PCM divides by 32768. Encoder delay and padding are left out wherever the file tells them.
//
// Sizes in headers are not believed: decoding goes block by block to the end of what is there. A
// recording that ends before its header says is an answer with a warning (`truncated: 0.13 of
// 1.83 s`; what is left may still be too short for the features), and so are packets that cannot be
// decoded (`damaged: 3 of 57 packets could not be decoded`). A wav that was written into a pipe,
// with sizes of 0 or 0xFFFFFFFF, is read to its end. An mp3 without a Xing header and bare AAC do
// not say how long they are, so there a missing end goes unnoticed.
//
// Failures: kNotFound, kNotReadable and kTooLarge (from read_file), kUnsupported (no audio, unknown
// content, or a number of channels or a rate outside the limits below), kCorrupt (nothing can be
// decoded), kTooShort (an empty file, no samples), kTooLong (the limit is enforced while decoding),
// kNotFinite (NaN or infinity in a float file). Messages name what was found; those of decode_file
// begin with the path. The libraries' own log lines reach nobody. Thread rule: pure functions,
// callable from any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::audio {

inline constexpr int kMaxChannels = 8;
inline constexpr int kMinSampleRateHz = 8'000;
inline constexpr int kMaxSampleRateHz = 192'000;

struct DecodeOptions {
  double max_duration_s = 600.0;  // longer input is refused with kTooLong
};

// What a recording is, for people and for `sermo info`.
struct AudioFormat {
  std::string container;  // "wav", "flac", "ogg", "mp3", "mp4", "aac", "webm", ...
  std::string codec;      // "pcm_s16", "flac", "vorbis", "opus", "mp3", "aac", ...
  int sample_rate_hz = 0;
  int num_channels = 0;
};

struct DecodedAudio {
  std::vector<float> samples;  // mono, nominally in [-1, 1]
  AudioFormat format;          // `samples` are at format.sample_rate_hz
  std::vector<std::string> warnings;

  double duration_s() const { return static_cast<double>(samples.size()) / format.sample_rate_hz; }
};

Result<DecodedAudio> decode_file(const std::filesystem::path& path,
                                 const DecodeOptions& options = {});
Result<DecodedAudio> decode_bytes(std::span<const std::byte> bytes,
                                  const DecodeOptions& options = {});

}  // namespace sermo::audio
