#include "sermo/audio/decoder_identity.h"

#include <fmt/format.h>
#include <sndfile.h>
#include <soxr.h>

namespace sermo::audio {
namespace {

// Raised whenever decoding or resampling gives other samples for the same file.
constexpr int kDecoderVersion = 1;

}  // namespace

std::string decoder_identity() {
  return fmt::format("decoder-{} {} {} {}", kDecoderVersion, sf_version_string(), soxr_version(),
                     SERMO_DECODER_LIBRARIES);
}

}  // namespace sermo::audio
