// Features for scripts: reads paths from standard input, one a line, and answers each with a line
// of JSON, at once, so that a script can take turns with it.
//
//   audio PATH   ->  {"decode_ms":..,"resample_ms":..,"extract_ms":..,"features":[..]}
//   samples PATH ->  the same from a .npy of samples at the extractor's rate
//
// A failure is {"error":"..."}. Features are printed with nine digits, which is all of a float32.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/audio/resample.h"
#include "sermo/base/npy.h"
#include "sermo/features/extractor.h"

namespace {

using sermo::Result;

struct Answer {
  double decode_ms = 0;
  double resample_ms = 0;
  double extract_ms = 0;
  std::vector<float> features;
};

// Of the processor time that this process has used, all in one thread: what else the machine does
// hardly counts.
class Stopwatch {
 public:
  // Milliseconds since the last call, or since construction.
  double lap_ms() {
    const std::clock_t now = std::clock();
    const double ms = 1e3 * static_cast<double>(now - last_) / CLOCKS_PER_SEC;
    last_ = now;
    return ms;
  }

 private:
  std::clock_t last_ = std::clock();
};

Result<std::vector<float>> load(const std::string& kind, const std::string& path, int rate_hz,
                                Stopwatch& watch, Answer& answer) {
  if (kind == "samples") {
    SERMO_TRY(const sermo::NpyArray array, sermo::read_npy(path));
    auto samples = sermo::to_floats(array);
    answer.decode_ms = watch.lap_ms();
    return samples;
  }
  SERMO_TRY(const sermo::audio::DecodedAudio audio, sermo::audio::decode_file(path));
  answer.decode_ms = watch.lap_ms();
  auto samples = sermo::audio::resample(audio.samples, audio.format.sample_rate_hz, rate_hz);
  answer.resample_ms = watch.lap_ms();
  return samples;
}

Result<Answer> answer_line(const std::string& line, const sermo::features::Extractor& extractor,
                           sermo::features::Workspace& workspace) {
  const size_t space = line.find(' ');
  if (space == std::string::npos) {
    return sermo::fail(sermo::ErrorCode::kUsage, "wanted `audio PATH` or `samples PATH`");
  }
  Answer answer;
  Stopwatch watch;
  SERMO_TRY(const std::vector<float> samples, load(line.substr(0, space), line.substr(space + 1),
                                                   extractor.sample_rate_hz(), watch, answer));
  answer.features.resize(extractor.schema().num_features());
  SERMO_TRY_VOID(extractor.extract(samples, answer.features, workspace));
  answer.extract_ms = watch.lap_ms();
  return answer;
}

}  // namespace

// feature_pipe [SCHEMA]
int main(int argc, char** argv) {
  const auto found = sermo::features::find_extractor(argc > 1 ? argv[1] : "librosa-110");
  if (!found) {
    fmt::print(stderr, "{}\n", found.error().message);
    return 2;
  }
  const auto extractor = *found;
  const auto workspace = extractor->make_workspace();
  for (std::string line; std::getline(std::cin, line);) {
    const Result<Answer> answer = answer_line(line, *extractor, *workspace);
    if (answer) {
      fmt::print(
          R"({{"decode_ms":{:.4f},"resample_ms":{:.4f},"extract_ms":{:.4f},"features":[{:.9g}]}})"
          "\n",
          answer->decode_ms, answer->resample_ms, answer->extract_ms,
          fmt::join(answer->features, ","));
    } else {
      std::string message = answer.error().message;
      for (char& c : message) c = c == '"' || c == '\\' ? '\'' : c;
      fmt::print(R"({{"error":"{}"}})"
                 "\n",
                 message);
    }
    std::fflush(stdout);
  }
  return 0;
}
