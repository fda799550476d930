#include "sermo/audio/mpeg_reader.h"

#include <fmt/format.h>
#include <mpg123.h>
#include <sys/types.h>

#include <memory>
#include <string>

#include "sermo/audio/byte_view.h"
#include "sermo/audio/memory_file.h"
#include "sermo/audio/mono_collector.h"
#include "sermo/audio/mpeg_frames.h"
#include "sermo/base/check.h"

namespace sermo::audio {
namespace {

struct DeleteHandle {
  void operator()(mpg123_handle* handle) const { mpg123_delete(handle); }
};
using Handle = std::unique_ptr<mpg123_handle, DeleteHandle>;

ssize_t read_bytes(void* file, void* out, size_t count) {
  return static_cast<MemoryFile*>(file)->read(out, static_cast<int64_t>(count));
}

off_t seek(void* file, off_t offset, int whence) {
  return static_cast<MemoryFile*>(file)->seek(offset, whence);
}

Handle make_handle() {
  int error = MPG123_OK;
  Handle handle(mpg123_new(nullptr, &error));
  SERMO_CHECK(handle != nullptr, "libmpg123 gives a decoder");
  constexpr long kFlags = MPG123_QUIET | MPG123_FORCE_FLOAT | MPG123_GAPLESS |
                          MPG123_NO_FRANKENSTEIN | MPG123_SKIP_ID3V2;
  mpg123_param(handle.get(), MPG123_REMOVE_FLAGS, MPG123_AUTO_RESAMPLE, 0.0);
  mpg123_param(handle.get(), MPG123_ADD_FLAGS, kFlags, 0.0);
  mpg123_replace_reader_handle(handle.get(), read_bytes, seek, nullptr);
  return handle;
}

}  // namespace

Result<Reading> read_mpeg(std::span<const std::byte> bytes, std::string_view container,
                          const DecodeOptions& options) {
  MemoryFile memory(bytes);
  const Handle handle = make_handle();
  mpg123_handle* const mpg123 = handle.get();
  long rate_hz = 0;
  int num_channels = 0;
  int encoding = 0;
  mpg123_frameinfo frame{};
  if (mpg123_open_handle(mpg123, &memory) != MPG123_OK ||
      mpg123_getformat(mpg123, &rate_hz, &num_channels, &encoding) != MPG123_OK ||
      mpg123_info(mpg123, &frame) != MPG123_OK) {
    return fail(ErrorCode::kCorrupt, fmt::format("nothing in it can be decoded (libmpg123: {})",
                                                 mpg123_strerror(mpg123)));
  }
  SERMO_CHECK(encoding == MPG123_ENC_FLOAT_32, "libmpg123 gives floats when told to");

  Reading reading;
  AudioFormat& format = reading.audio.format;
  format = {std::string(container), fmt::format("mp{}", frame.layer), static_cast<int>(rate_hz),
            num_channels};
  SERMO_TRY(MonoCollector collector, MonoCollector::create(format, options));
  const off_t length = mpg123_length(mpg123);
  if (length > 0) {
    collector.expect(static_cast<size_t>(length));
    if (mpeg_frame_tells_length(ByteView(bytes), 0))
      reading.declared_duration_s = static_cast<double>(length) / format.sample_rate_hz;
  }

  constexpr size_t kBlockFrames = 8192;
  std::vector<float> block(kBlockFrames * static_cast<size_t>(num_channels));
  int status = MPG123_OK;
  while (status == MPG123_OK) {
    size_t num_bytes = 0;
    status = mpg123_read(mpg123, block.data(), block.size() * sizeof(float), &num_bytes);
    const size_t num_frames = num_bytes / sizeof(float) / static_cast<size_t>(num_channels);
    SERMO_TRY_VOID(collector.add(block.data(), num_frames));
  }
  reading.audio.samples = std::move(collector).take();
  return reading;
}

}  // namespace sermo::audio
