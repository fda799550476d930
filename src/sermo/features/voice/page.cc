#include "sermo/features/voice/page.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "sermo/features/voice/contours.h"
#include "sermo/features/voice/names.h"
#include "sermo/features/voice/sermo_voice.h"

namespace sermo::features {
namespace {

constexpr std::string_view kHead = R"(# The features of schema `sermo-voice`

Generated from the program's own table by `cmake --build build/ci --target sermo_voice_page`; a test fails when it is out of
date.

{} numbers of a clip, made to tell emotion in voices that no model has heard. They are the same for a loud and a quiet copy of a
recording and do not change with silence around it.

## From samples to contours
1. Mono samples at {} Hz. Fewer than {} ({:.3f} s) are `too_short`, all zeros `silent`, a NaN or an infinity is an error.
2. The loud part: from 20 ms before the first to 30 ms after the last frame whose power is within 35 dB of the loudest frame's.
   Its largest sample is scaled to 0.5.
3. Frames of 25 ms every 10 ms (Hamming window, transform of 512) and, for pitch, of 50 ms (Hann window), zeros outside the clip.
   From each come 20 MFCC (emphasis 0.97, 26 triangles on HTK's mel scale from 20 to 8,000 Hz), the {} contours of the spectrum's
   shape listed below, energy, F0, harmonics-to-noise ratio, jitter, shimmer and the balance of harmonics.
4. F0 is found from 65 to 600 Hz: the autocorrelation, corrected by the window's, gives six candidates a frame, and the best path
   through them and through "unvoiced" is taken. F0 is counted in semitones above 55 Hz.

A delta is the slope of the line through nine frames. Statistics of F0, harmonics-to-noise ratio and harmonics are those of
voiced frames only; of jitter and shimmer, of frames that are voiced and follow a voiced one.

`sermo extract --schema sermo-voice --frames RECORDING... --out FOLDER` writes the contours themselves.

## Where a number is not defined
| case | what stands there |
|---|---|
| fewer than 8 voiced frames | each is repeated eight times before statistics are taken |
| no voiced frame | the mean over all frames stands for the voiced ones: F0, jitter and shimmer are 0, spreads and shapes 0 |
| fewer than 4 voiced frames | the course of F0 (`f0_cosine_*`, `f0_eighth_*`) and its correlations are 0 |
| a contour that never changes | spread, deltas, skewness, kurtosis and trend are 0, and so are its correlations |
| no voiced (or no unvoiced) run | lengths are 0 and the number of runs is 1 |
| fewer frames than eighths (or thirds) | each part has the mean of the whole |
| a half of one frame | its covariances are 0 |

Every number of every clip is finite.

)";

constexpr std::string_view kRuns =
    "A star stands for the name of a contour, in the order in which the group's contours are "
    "listed "
    "above;\nof pairs, the first star changes last. The header of a table (`sermo extract "
    "--schema sermo-voice --out F.csv`)\nspells every name out.\n";

}  // namespace

std::string voice_page() {
  size_t num_features = 0;
  for (const VoiceGroupInfo& group : voice_groups()) num_features += group.features.size();
  std::string page =
      fmt::format(kHead, num_features, kVoiceSampleRateHz, kVoiceMinSamples,
                  static_cast<double>(kVoiceMinSamples) / kVoiceSampleRateHz, kNumVoiceSpectral);
  const auto out = std::back_inserter(page);
  page +=
      "## Contours\nWhat `--frames` writes for every 10 ms.\n\n| name | unit | what "
      "|\n|---|---|---|\n";
  for (const ContourInfo& contour : voice_frame_names()) {
    fmt::format_to(out, "| `{}` | {} | {} |\n", contour.name, contour.unit, contour.what);
  }
  page += "\n## Numbers, group by group\n" + std::string(kRuns);
  for (const VoiceGroupInfo& group : voice_groups()) {
    fmt::format_to(out, "\n### {}\n{}\n\n| numbers | name | what |\n|---|---|---|\n", group.name,
                   group.what);
    size_t first = group.first;
    for (const FeatureRun& run : group.runs) {
      const size_t last = first + run.count - 1;
      fmt::format_to(
          out, "| {} | `{}` | {} |\n",
          run.count == 1 ? fmt::format("{}", first) : fmt::format("{} to {}", first, last),
          run.name, run.what);
      first = last + 1;
    }
  }
  return page;
}

}  // namespace sermo::features
