#include "sermo/audio/ffmpeg_reader.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "sermo/audio/mono_collector.h"

namespace sermo::audio {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kModuleFile = "sermo_ffmpeg.so";
constexpr std::string_view kInstallHint =
    "install FFmpeg's libraries (on Debian: apt install libavformat59 libavcodec59)";

// The folder of the program, and that of the shared library which holds this code, if any.
std::vector<fs::path> home_folders() {
  std::vector<fs::path> folders;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (!error && program.is_absolute()) folders.push_back(program.parent_path());
  Dl_info info{};
  if (::dladdr(reinterpret_cast<const void*>(&read_with_ffmpeg), &info) != 0 &&
      info.dli_fname != nullptr) {
    const fs::path library = info.dli_fname;
    if (library.is_absolute()) folders.push_back(library.parent_path());
  }
  return folders;
}

const Result<const SermoFfmpegModule*>& ffmpeg_module() {
  static const Result<const SermoFfmpegModule*> module =
      open_ffmpeg_module(ffmpeg_module_candidates());
  return module;
}

// The receiving end of a decoding.
class Receiver {
 public:
  Receiver(std::string_view container, const DecodeOptions& options)
      : container_(container), options_(options) {}

  SermoFfmpegSink sink() {
    return {this,
            [](void* self, const SermoFfmpegFormat* format) {
              return static_cast<Receiver*>(self)->on_format(*format);
            },
            [](void* self, const float* interleaved, size_t num_frames) {
              return static_cast<Receiver*>(self)->on_samples(interleaved, num_frames);
            }};
  }

  // Why it asked to stop.
  std::optional<Error>& error() { return error_; }
  Reading take() && {
    if (collector_) reading_.audio.samples = std::move(*collector_).take();
    return std::move(reading_);
  }

 private:
  int32_t on_format(const SermoFfmpegFormat& format) {
    reading_.audio.format = {std::string(container_), format.codec, format.sample_rate_hz,
                             format.num_channels};
    Result<MonoCollector> collector = MonoCollector::create(reading_.audio.format, options_);
    if (!collector) return stop(std::move(collector.error()));
    collector_.emplace(std::move(*collector));
    return 0;
  }

  int32_t on_samples(const float* interleaved, size_t num_frames) {
    Result<void> added = collector_->add(interleaved, num_frames);
    return added ? 0 : stop(std::move(added.error()));
  }

  int32_t stop(Error error) {
    error_ = std::move(error);
    return 1;
  }

  std::string_view container_;
  const DecodeOptions& options_;
  Reading reading_;
  std::optional<MonoCollector> collector_;
  std::optional<Error> error_;
};

}  // namespace

std::vector<fs::path> ffmpeg_module_candidates() {
  std::vector<fs::path> candidates;
  for (const fs::path& folder : home_folders()) {
    candidates.push_back(folder / kModuleFile);
    candidates.push_back(folder.parent_path() / "lib" / "sermo" / kModuleFile);
  }
  return candidates;
}

Result<const SermoFfmpegModule*> open_ffmpeg_module(std::span<const fs::path> candidates) {
  std::error_code error;
  const auto found = std::find_if(candidates.begin(), candidates.end(),
                                  [&](const fs::path& path) { return fs::exists(path, error); });
  if (found == candidates.end()) {
    return fail(
        ErrorCode::kUnsupported,
        fmt::format("this needs the module {}, which is not beside the program", kModuleFile));
  }
  // Never closed: the libraries behind it are not made for being unloaded.
  void* const library = ::dlopen(found->c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return fail(ErrorCode::kUnsupported, fmt::format("{} ({})", kInstallHint, ::dlerror()));
  }
  const auto entry = reinterpret_cast<SermoFfmpegEntry>(::dlsym(library, SERMO_FFMPEG_ENTRY_NAME));
  const SermoFfmpegModule* const module = entry == nullptr ? nullptr : entry();
  if (module == nullptr || module->abi_version != kSermoFfmpegAbiVersion) {
    return fail(ErrorCode::kUnsupported,
                fmt::format("{} is of another version of Sermo", found->string()));
  }
  return module;
}

Result<Reading> read_with_ffmpeg(std::span<const std::byte> bytes, std::string_view container,
                                 const DecodeOptions& options) {
  const Result<const SermoFfmpegModule*>& module = ffmpeg_module();
  if (!module) return fail(module.error());
  Receiver receiver(container, options);
  const SermoFfmpegSink sink = receiver.sink();
  SermoFfmpegResult result{};
  (*module)->decode(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), &sink, &result);
  switch (result.status) {
    case kSermoFfmpegOk:
      break;
    case kSermoFfmpegStopped:
      return fail(std::move(*receiver.error()));
    case kSermoFfmpegUnsupported:
      return fail(ErrorCode::kUnsupported, result.message);
    default:
      return fail(ErrorCode::kCorrupt, result.message);
  }
  Reading reading = std::move(receiver).take();
  constexpr double kRounding_s = 0.05;  // matroska counts milliseconds, and packets last 20 of them
  if (result.missing_duration_s > kRounding_s)
    reading.declared_duration_s = reading.audio.duration_s() + result.missing_duration_s;
  if (result.num_damaged_packets > 0) {
    reading.audio.warnings.push_back(fmt::format("damaged: {} of {} packets could not be decoded",
                                                 result.num_damaged_packets, result.num_packets));
  }
  return reading;
}

}  // namespace sermo::audio
