#include "sermo/dsp/tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "sermo/base/check.h"

namespace sermo::dsp {
namespace {

constexpr float kConcertPitchOctaveZeroHz = 27.5f;  // A0, where librosa counts octaves from

// The deviation of a frequency from the nearest pitch of the scale, in bins, in [-0.5, 0.5).
float deviation(float frequency_hz, float bins_per_octave) {
  // In float32 as NumPy has it. The logarithm is rounded from double: NumPy's own is, too, except
  // on processors with AVX-512, where its last bit may be off.
  const float ratio = frequency_hz / kConcertPitchOctaveZeroHz;
  const auto octaves = static_cast<float>(std::log2(static_cast<double>(ratio)));
  const float bins = bins_per_octave * octaves;
  const float rest = bins - std::floor(bins);
  return rest >= 0.5f ? rest - 1.0f : rest;
}

// numpy.median. Reorders the values.
float median(std::span<float> values) {
  const auto middle = values.begin() + static_cast<ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2.0f;
}

}  // namespace

double tuning_value(size_t i) { return static_cast<double>(i) * 0.01 + -0.5; }

double pitch_tuning(std::span<const float> frequencies_hz, int bins_per_octave) {
  if (frequencies_hz.empty()) return 0.0;
  std::array<size_t, kNumTunings> counts{};
  for (const float frequency_hz : frequencies_hz) {
    SERMO_CHECK(frequency_hz > 0.0f, "a pitch is positive");
    const auto value =
        static_cast<double>(deviation(frequency_hz, static_cast<float>(bins_per_octave)));
    const double place = std::clamp((value + 0.5) * 100.0, 0.0, kNumTunings - 1.0);
    auto i = static_cast<size_t>(place);
    // The edges themselves decide, not the rounding of `place`.
    if (i > 0 && value < tuning_value(i)) --i;
    if (i + 1 < kNumTunings && value >= tuning_value(i + 1)) ++i;
    ++counts[i];
  }
  const auto fullest = std::max_element(counts.begin(), counts.end());
  return tuning_value(static_cast<size_t>(fullest - counts.begin()));
}

Result<TuningEstimator> TuningEstimator::create(const Options& options) {
  SERMO_TRY(PitchPeaks peaks, PitchPeaks::create(options.peaks));
  if (options.bins_per_octave < 1) {
    return fail(ErrorCode::kUsage,
                fmt::format("bins per octave: got {}, wanted at least 1", options.bins_per_octave));
  }
  return TuningEstimator(std::move(peaks), options.bins_per_octave);
}

double TuningEstimator::estimate(const FrameMatrix& spectrogram, TuningWorkspace& workspace) const {
  const std::span<const PitchPeak> peaks = peaks_.find(spectrogram, workspace.peaks_);
  if (peaks.empty()) return 0.0;
  workspace.magnitudes_.clear();
  for (const PitchPeak& peak : peaks) workspace.magnitudes_.push_back(peak.magnitude);
  const float least = median(workspace.magnitudes_);
  workspace.frequencies_hz_.clear();
  for (const PitchPeak& peak : peaks)
    if (peak.magnitude >= least) workspace.frequencies_hz_.push_back(peak.frequency_hz);
  return pitch_tuning(workspace.frequencies_hz_, bins_per_octave_);
}

}  // namespace sermo::dsp
