#include "sermo/audio/decode.h"

#include "sermo/audio/sndfile_decoder.h"
#include "sermo/base/file.h"

namespace sermo::audio {

Result<DecodedAudio> decode_bytes(std::span<const std::byte> bytes, const DecodeOptions& options) {
  if (bytes.empty()) return fail(ErrorCode::kTooShort, "the file is empty");
  Result<DecodedAudio> audio = decode_with_sndfile(bytes, options);
  if (audio && audio->samples.empty()) {
    return fail(ErrorCode::kTooShort, "no samples in it");
  }
  return audio;
}

Result<DecodedAudio> decode_file(const std::filesystem::path& path, const DecodeOptions& options) {
  SERMO_TRY(const std::vector<std::byte> bytes, read_file(path));
  Result<DecodedAudio> audio = decode_bytes(bytes, options);
  if (!audio) return fail(std::move(audio.error()).in(path.string()));
  return audio;
}

}  // namespace sermo::audio
