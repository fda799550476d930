// Any audio file or bytes in memory -> mono float32 samples at the file's own rate.
//
// The container is told from the content, never from the name. libsndfile reads wav, flac,
// ogg/vorbis, opus and mp3 (as librosa does, through soundfile); m4a, aac, webm and the audio of
// mp4 are read by a small module linked with FFmpeg that is opened at first need. Channels (1 to 8)
// are averaged to mono in float32, as librosa.to_mono does. 16-bit PCM divides by 32768.
//
// Failures: kNotFound, kNotReadable, kUnsupported (no audio, unknown content), kCorrupt, kTooShort
// (no samples), kTooLong (the limit is enforced while decoding), kNotFinite (NaN or infinity in a
// float file). A recording that ends before its header says is decoded as far as it goes, with a
// warning (`truncated: 0.13 of 1.83 s`). Thread rule: pure functions, callable from any thread.
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
