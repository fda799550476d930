#include "sermo/audio/sndfile_reader.h"

#include <sndfile.h>

#include <memory>
#include <mutex>
#include <string>

#include "sermo/audio/memory_file.h"
#include "sermo/audio/mono_collector.h"

namespace sermo::audio {
namespace {

SF_VIRTUAL_IO memory_callbacks() {
  SF_VIRTUAL_IO io{};
  io.get_filelen = [](void* file) -> sf_count_t { return static_cast<MemoryFile*>(file)->size(); };
  io.seek = [](sf_count_t offset, int whence, void* file) -> sf_count_t {
    return static_cast<MemoryFile*>(file)->seek(offset, whence);
  };
  io.read = [](void* out, sf_count_t count, void* file) -> sf_count_t {
    return static_cast<MemoryFile*>(file)->read(out, count);
  };
  io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
  io.tell = [](void* file) -> sf_count_t { return static_cast<MemoryFile*>(file)->position(); };
  return io;
}

std::string codec_name(int format) {
  if ((format & SF_FORMAT_TYPEMASK) == SF_FORMAT_FLAC) return "flac";
  switch (format & SF_FORMAT_SUBMASK) {
    case SF_FORMAT_PCM_S8:
      return "pcm_s8";
    case SF_FORMAT_PCM_U8:
      return "pcm_u8";
    case SF_FORMAT_PCM_16:
      return "pcm_s16";
    case SF_FORMAT_PCM_24:
      return "pcm_s24";
    case SF_FORMAT_PCM_32:
      return "pcm_s32";
    case SF_FORMAT_FLOAT:
      return "pcm_f32";
    case SF_FORMAT_DOUBLE:
      return "pcm_f64";
    case SF_FORMAT_ALAW:
      return "pcm_alaw";
    case SF_FORMAT_ULAW:
      return "pcm_mulaw";
    case SF_FORMAT_IMA_ADPCM:
      return "adpcm_ima";
    case SF_FORMAT_MS_ADPCM:
      return "adpcm_ms";
    case SF_FORMAT_GSM610:
      return "gsm";
    case SF_FORMAT_VORBIS:
      return "vorbis";
    case SF_FORMAT_OPUS:
      return "opus";
    case SF_FORMAT_ALAC_16:
    case SF_FORMAT_ALAC_20:
    case SF_FORMAT_ALAC_24:
    case SF_FORMAT_ALAC_32:
      return "alac";
    default:
      return "other";
  }
}

std::string without_final_period(std::string message) {
  if (message.ends_with('.')) message.pop_back();
  return message;
}

struct CloseSndfile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using Sndfile = std::unique_ptr<SNDFILE, CloseSndfile>;

// libsndfile keeps the reason of a failed opening in one variable for the whole process, so opening
// and asking for the reason are one step. Reading is free of it.
Result<Sndfile> open(MemoryFile& file, SF_INFO& info) {
  static std::mutex mutex;
  SF_VIRTUAL_IO io = memory_callbacks();
  const std::scoped_lock lock(mutex);
  Sndfile opened(sf_open_virtual(&io, SFM_READ, &info, &file));
  if (opened != nullptr) return opened;
  const int error = sf_error(nullptr);
  const bool unsupported =
      error == SF_ERR_UNRECOGNISED_FORMAT || error == SF_ERR_UNSUPPORTED_ENCODING;
  return fail(unsupported ? ErrorCode::kUnsupported : ErrorCode::kCorrupt,
              "nothing in it can be decoded (libsndfile: " +
                  without_final_period(sf_error_number(error)) + ")");
}

}  // namespace

Result<Reading> read_with_sndfile(std::span<const std::byte> bytes, std::string_view container,
                                  const DecodeOptions& options) {
  MemoryFile memory(bytes);
  SF_INFO info{};
  SERMO_TRY(const Sndfile file, open(memory, info));

  Reading reading;
  AudioFormat& format = reading.audio.format;
  format = {std::string(container), codec_name(info.format), info.samplerate, info.channels};
  SERMO_TRY(MonoCollector collector, MonoCollector::create(format, options));
  const bool length_known = info.frames > 0 && info.frames < SF_COUNT_MAX;
  if (length_known) {
    collector.expect(static_cast<size_t>(info.frames));
    reading.declared_duration_s = static_cast<double>(info.frames) / info.samplerate;
  }
  constexpr sf_count_t kBlockFrames = 8192;
  std::vector<float> block(static_cast<size_t>(kBlockFrames * info.channels));
  while (true) {
    const sf_count_t num_frames = sf_readf_float(file.get(), block.data(), kBlockFrames);
    if (num_frames <= 0) break;
    SERMO_TRY_VOID(collector.add(block.data(), static_cast<size_t>(num_frames)));
  }
  reading.audio.samples = std::move(collector).take();
  return reading;
}

}  // namespace sermo::audio
