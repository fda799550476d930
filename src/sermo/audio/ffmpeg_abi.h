// The C interface between the library and the module `sermo_ffmpeg.so`, which alone is linked with
// FFmpeg and is opened at first need (ffmpeg_reader.h). Both sides compile this header; the module
// is refused when its version differs. Nothing here knows a type of FFmpeg or of the C++ library.
#pragma once

#include <stddef.h>
#include <stdint.h>

extern "C" {

// Grows by one with every change below.
constexpr uint32_t kSermoFfmpegAbiVersion = 1;

enum SermoFfmpegStatus : int32_t {
  kSermoFfmpegOk = 0,
  kSermoFfmpegCorrupt = 1,      // recognised, but damaged
  kSermoFfmpegUnsupported = 2,  // no audio in it, or of a kind that is not read
  kSermoFfmpegStopped = 3,      // a callback asked to stop
};

struct SermoFfmpegFormat {
  const char* codec;  // valid during the call
  int32_t sample_rate_hz;
  int32_t num_channels;
};

// Who receives the audio: `on_format` once, then `on_samples` for each block of interleaved floats.
// Both return 0 to go on and anything else to stop.
struct SermoFfmpegSink {
  void* context;
  int32_t (*on_format)(void* context, const struct SermoFfmpegFormat* format);
  int32_t (*on_samples)(void* context, const float* interleaved, size_t num_frames);
};

struct SermoFfmpegResult {
  int32_t status;
  uint32_t num_packets;
  uint32_t num_damaged_packets;  // left out, because they could not be decoded
  double missing_duration_s;     // how much earlier the audio ends than the file says; 0 if unknown
  char message[512];             // why, when the status is not ok; ends in a zero byte
};

struct SermoFfmpegModule {
  uint32_t abi_version;
  // Decodes the first audio stream of a file in memory. Callable from any thread.
  void (*decode)(const uint8_t* bytes, size_t num_bytes, const struct SermoFfmpegSink* sink,
                 struct SermoFfmpegResult* result);
};

// The one symbol that the module exports, found by the name below.
typedef const struct SermoFfmpegModule* (*SermoFfmpegEntry)(void);
}

#define SERMO_FFMPEG_ENTRY sermo_ffmpeg_module
#define SERMO_FFMPEG_ENTRY_NAME "sermo_ffmpeg_module"
