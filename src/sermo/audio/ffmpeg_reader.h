// What FFmpeg reads, from bytes in memory: mp4, m4a, mov, 3gp, webm, matroska and bare AAC.
//
// FFmpeg is not linked, because that costs every start of a program 45 ms: the module
// `sermo_ffmpeg.so` is opened at the first call. It is looked for beside the program, then in
// ../lib/sermo relative to it, then in both places relative to the shared library that holds this
// code, if one does; never in the working directory or where the environment says. Thread rule:
// pure functions but for that first opening, which happens once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "sermo/audio/ffmpeg_abi.h"
#include "sermo/audio/reader.h"

namespace sermo::audio {

// kUnsupported (also without the module or FFmpeg's libraries, saying what to install), kCorrupt,
// kTooLong, kNotFinite.
Result<Reading> read_with_ffmpeg(std::span<const std::byte> bytes, std::string_view container,
                                 const DecodeOptions& options);

// Where the module is looked for, in this order.
std::vector<std::filesystem::path> ffmpeg_module_candidates();

// Opens the module, or says why there is none.
Result<const SermoFfmpegModule*> open_ffmpeg_module(
    std::span<const std::filesystem::path> candidates);

}  // namespace sermo::audio
