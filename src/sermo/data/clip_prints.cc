#include "sermo/data/clip_prints.h"

#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "sermo/base/parallel.h"
#include "sermo/data/clip.h"
#include "sermo/data/scan.h"

namespace sermo::data {
namespace {

Result<ClipPrint> read_clip_print(const std::filesystem::path& file,
                                  const audio::DecodeOptions& options) {
  SERMO_TRY(const audio::DecodedAudio audio, audio::decode_file(file, options));
  ClipPrint print{samples_hash(audio), {}};
  SERMO_TRY(print.sound, sound_print(audio));
  return print;
}

}  // namespace

Result<std::vector<ClipPrint>> read_clip_prints(std::span<const std::filesystem::path> roots,
                                                std::span<const std::string> paths,
                                                const ClipPrintOptions& options) {
  std::map<std::string, std::filesystem::path> file_of;
  for (ScannedFile& file : scan(roots).files)
    file_of.emplace(std::move(file.name), std::move(file.path));
  std::vector<const std::filesystem::path*> files;
  for (const std::string& path : paths) {
    const auto found = file_of.find(path);
    if (found == file_of.end()) return fail(ErrorCode::kNotFound, path + ": no longer there");
    files.push_back(&found->second);
  }
  std::vector<ClipPrint> prints(paths.size());
  std::optional<Error> error;
  size_t num_done = 0;
  std::mutex mutex;
  parallel_for(paths.size(), options.num_threads, [&](size_t i) {
    Result<ClipPrint> print = read_clip_print(*files[i], options.decode);
    const std::lock_guard lock(mutex);
    if (print) {
      prints[i] = std::move(*print);
    } else if (!error) {
      error = std::move(print.error());
    }
    if (options.progress) options.progress(++num_done);
  });
  if (error) return fail(std::move(*error));
  return prints;
}

}  // namespace sermo::data
