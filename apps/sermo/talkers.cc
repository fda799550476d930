#include "talkers.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/audio/resample.h"
#include "sermo/data/scan.h"

namespace sermo::app {
namespace {

namespace fs = std::filesystem;

fs::path real_path(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? path : real;
}

}  // namespace

Result<std::shared_ptr<const augment::Talkers>> read_talkers(const std::string& folder,
                                                             std::span<const std::string> corpus,
                                                             int rate_hz, const Console& console) {
  const fs::path root(folder);
  const data::Scan found = data::scan(std::span(&root, 1));
  if (!found.failures.empty()) return fail(found.failures.front().error);
  std::set<fs::path> of_corpus;
  const std::vector<fs::path> roots(corpus.begin(), corpus.end());
  for (const data::ScannedFile& file : data::scan(roots).files)
    of_corpus.insert(real_path(file.path));
  for (const data::ScannedFile& file : found.files) {
    if (of_corpus.contains(real_path(file.path))) {
      return fail(ErrorCode::kUsage,
                  fmt::format("--babble {}: {} is one of the recordings themselves, wanted other "
                              "people's",
                              folder, file.name));
    }
  }
  std::vector<std::vector<float>> recordings;
  const size_t num_read = std::min(kMaxTalkerRecordings, found.files.size());
  for (size_t i = 0; i < num_read; ++i) {
    const data::ScannedFile& file = found.files[i * found.files.size() / num_read];
    const Result<audio::DecodedAudio> audio = audio::decode_file(file.path);
    if (!audio) {
      console.note("--babble: " + audio.error().message);
      continue;
    }
    SERMO_TRY(recordings.emplace_back(),
              audio::resample(audio->samples, audio->format.sample_rate_hz, rate_hz));
  }
  Result<augment::Talkers> talkers = augment::Talkers::create(std::move(recordings), rate_hz);
  if (!talkers) return fail(std::move(talkers.error()).in("--babble " + folder));
  return std::make_shared<const augment::Talkers>(std::move(*talkers));
}

}  // namespace sermo::app
