#include "sermo/audio/sndfile_decoder.h"

#include <fmt/format.h>
#include <sndfile.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <string>

#include "sermo/audio/mono_collector.h"

namespace sermo::audio {
namespace {

// A read-only file in memory, with the five callbacks that libsndfile asks for.
class MemoryFile {
 public:
  explicit MemoryFile(std::span<const std::byte> bytes) : bytes_(bytes) {}

  static SF_VIRTUAL_IO callbacks() {
    SF_VIRTUAL_IO io{};
    io.get_filelen = [](void* self) { return of(self).size(); };
    io.seek = [](sf_count_t offset, int whence, void* self) {
      return of(self).seek(offset, whence);
    };
    io.read = [](void* out, sf_count_t count, void* self) { return of(self).read(out, count); };
    io.write = [](const void*, sf_count_t, void*) { return sf_count_t{0}; };
    io.tell = [](void* self) { return of(self).position_; };
    return io;
  }

 private:
  static MemoryFile& of(void* self) { return *static_cast<MemoryFile*>(self); }
  sf_count_t size() const { return static_cast<sf_count_t>(bytes_.size()); }

  sf_count_t seek(sf_count_t offset, int whence) {
    const sf_count_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? position_ : size();
    if (offset < -base || offset > size() - base) return -1;
    return position_ = base + offset;
  }

  sf_count_t read(void* out, sf_count_t count) {
    count = std::clamp<sf_count_t>(count, 0, size() - position_);
    if (count > 0) std::memcpy(out, bytes_.data() + position_, static_cast<size_t>(count));
    position_ += count;
    return count;
  }

  std::span<const std::byte> bytes_;
  sf_count_t position_ = 0;
};

std::string container_name(int format) {
  switch (format & SF_FORMAT_TYPEMASK) {
    case SF_FORMAT_WAV:
    case SF_FORMAT_WAVEX:
    case SF_FORMAT_RF64:
      return "wav";
    case SF_FORMAT_W64:
      return "w64";
    case SF_FORMAT_AIFF:
      return "aiff";
    case SF_FORMAT_AU:
      return "au";
    case SF_FORMAT_CAF:
      return "caf";
    case SF_FORMAT_FLAC:
      return "flac";
    case SF_FORMAT_OGG:
      return "ogg";
    case SF_FORMAT_MPEG:
      return "mp3";
    default:
      return "other";
  }
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
    case SF_FORMAT_MPEG_LAYER_I:
      return "mp1";
    case SF_FORMAT_MPEG_LAYER_II:
      return "mp2";
    case SF_FORMAT_MPEG_LAYER_III:
      return "mp3";
    case SF_FORMAT_ALAC_16:
    case SF_FORMAT_ALAC_20:
    case SF_FORMAT_ALAC_24:
    case SF_FORMAT_ALAC_32:
      return "alac";
    default:
      return "other";
  }
}

struct CloseSndfile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using Sndfile = std::unique_ptr<SNDFILE, CloseSndfile>;

// libsndfile keeps the reason of a failed opening in one variable for the whole process, so opening
// and asking for the reason are one step; reading is free of it.
Result<Sndfile> open(MemoryFile& file, SF_INFO& info) {
  static std::mutex mutex;
  SF_VIRTUAL_IO io = MemoryFile::callbacks();
  const std::scoped_lock lock(mutex);
  Sndfile opened(sf_open_virtual(&io, SFM_READ, &info, &file));
  if (opened == nullptr) return fail(ErrorCode::kCorrupt, sf_strerror(nullptr));
  return opened;
}

}  // namespace

Result<DecodedAudio> decode_with_sndfile(std::span<const std::byte> bytes,
                                         const DecodeOptions& options) {
  MemoryFile memory(bytes);
  SF_INFO info{};
  Result<Sndfile> opened = open(memory, info);
  if (!opened) return fail(std::move(opened.error()));
  SNDFILE* const file = opened->get();

  DecodedAudio audio;
  audio.format = {container_name(info.format), codec_name(info.format), info.samplerate,
                  info.channels};
  SERMO_TRY(MonoCollector collector, MonoCollector::create(audio.format, options));
  collector.expect(info.frames > 0 ? static_cast<size_t>(info.frames) : 0);
  constexpr sf_count_t kBlockFrames = 8192;
  std::vector<float> block(static_cast<size_t>(kBlockFrames * info.channels));
  while (true) {
    const sf_count_t num_frames = sf_readf_float(file, block.data(), kBlockFrames);
    if (num_frames <= 0) break;
    SERMO_TRY_VOID(collector.add(block.data(), static_cast<size_t>(num_frames)));
  }
  audio.samples = std::move(collector).take();
  return audio;
}

}  // namespace sermo::audio
