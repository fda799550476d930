// The recordings behind a table, listened to once more: what tells copies from others.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"
#include "sermo/data/sound_print.h"

namespace sermo::data {

struct ClipPrint {
  std::string samples_hash;  // clip.h
  SoundPrint sound;
};

struct ClipPrintOptions {
  audio::DecodeOptions decode;
  int num_threads = 1;
  // May be empty. Called after each recording, from any thread, one call at a time.
  std::function<void(size_t num_done)> progress;
};

// One a path of a table that was built from these roots, in that order. kNotFound for a path that a
// scan of the roots does not give; the errors of decoding, with the path.
Result<std::vector<ClipPrint>> read_clip_prints(std::span<const std::filesystem::path> roots,
                                                std::span<const std::string> paths,
                                                const ClipPrintOptions& options);

}  // namespace sermo::data
