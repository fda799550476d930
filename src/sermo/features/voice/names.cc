#include "sermo/features/voice/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "sermo/base/check.h"
#include "sermo/features/voice/contours.h"

namespace sermo::features {
namespace {

using dsp::ContourStatistic;

struct StatisticInfo {
  ContourStatistic statistic;
  std::string_view name;
  std::string_view what;  // put before "MFCC 3"
  bool has_unit;          // of the contour, or none
};

constexpr StatisticInfo kStatistics[] = {
    {dsp::kContourMean, "mean", "mean of", true},
    {dsp::kContourStd, "std", "standard deviation of", true},
    {dsp::kDeltaAbsMean, "delta_abs_mean", "mean absolute delta of", true},
    {dsp::kDeltaStd, "delta_std", "standard deviation of the delta of", true},
    {dsp::kDelta2Std, "delta2_std", "standard deviation of the delta's delta of", true},
    {dsp::kPercentile05, "p05", "5th percentile of", true},
    {dsp::kPercentile25, "p25", "25th percentile of", true},
    {dsp::kPercentile50, "p50", "median of", true},
    {dsp::kPercentile75, "p75", "75th percentile of", true},
    {dsp::kPercentile95, "p95", "95th percentile of", true},
    {dsp::kRange05To95, "p95_p05", "95th less 5th percentile of", true},
    {dsp::kRange25To75, "p75_p25", "75th less 25th percentile of", true},
    {dsp::kContourSkewness, "skewness", "skewness of", false},
    {dsp::kContourKurtosis, "kurtosis", "kurtosis (3 for normal) of", false},
    {dsp::kSlope, "slope", "rise from the middle to the end of the parabola through", true},
    {dsp::kCurvature, "curvature", "bow of the parabola through", true},
    {dsp::kResidualStd, "residual_std", "what the parabola leaves (standard deviation) of", true},
    {dsp::kThird1, "third_1", "mean over the first third of", true},
    {ContourStatistic(dsp::kThird1 + 1), "third_2", "mean over the second third of", true},
    {dsp::kThird3, "third_3", "mean over the last third of", true},
    {dsp::kEighth1, "eighth_1", "mean over the 1st eighth of", true},
    {ContourStatistic(dsp::kEighth1 + 1), "eighth_2", "mean over the 2nd eighth of", true},
    {ContourStatistic(dsp::kEighth1 + 2), "eighth_3", "mean over the 3rd eighth of", true},
    {ContourStatistic(dsp::kEighth1 + 3), "eighth_4", "mean over the 4th eighth of", true},
    {ContourStatistic(dsp::kEighth1 + 4), "eighth_5", "mean over the 5th eighth of", true},
    {ContourStatistic(dsp::kEighth1 + 5), "eighth_6", "mean over the 6th eighth of", true},
    {ContourStatistic(dsp::kEighth1 + 6), "eighth_7", "mean over the 7th eighth of", true},
    {dsp::kEighth8, "eighth_8", "mean over the 8th eighth of", true},
};
static_assert(std::size(kStatistics) == dsp::kNumContourStatistics);

// ContourStatistic values one after the other.
template <size_t kCount>
constexpr std::array<ContourStatistic, kCount> run_from(size_t first) {
  std::array<ContourStatistic, kCount> run{};
  for (size_t i = 0; i < kCount; ++i) run[i] = ContourStatistic(first + i);
  return run;
}

std::vector<ContourInfo> numbered(std::string_view name, std::string_view what, size_t count) {
  std::vector<ContourInfo> infos;
  for (size_t i = 0; i < count; ++i)
    infos.push_back({fmt::format("{}_{:02}", name, i), "", fmt::format("{} {}", what, i)});
  return infos;
}

const std::vector<ContourInfo>& log_mel_names() {
  static const std::vector<ContourInfo> kNames = [] {
    std::vector<ContourInfo> names;
    for (size_t b = 0; b < kNumVoiceMel; ++b)
      names.push_back({fmt::format("logmel_{:02}", b), "", fmt::format("log mel band {}", b)});
    return names;
  }();
  return kNames;
}

const std::vector<ContourInfo>& f0_names() {
  static const std::vector<ContourInfo> kNames = {
      {"f0", "semitones", "F0 above 55 Hz in voiced frames"}};
  return kNames;
}

const std::vector<ContourInfo>& hnr_names() {
  static const std::vector<ContourInfo> kNames = {
      {"hnr", "dB", "the harmonics-to-noise ratio in voiced frames"}};
  return kNames;
}

const std::vector<ContourInfo>& energy_names() {
  static const std::vector<ContourInfo> kNames = {{"energy", "ln", "the log energy"}};
  return kNames;
}

// MFCC and their deltas, as the covariances take them.
std::vector<ContourInfo> covariance_rows() {
  std::vector<ContourInfo> rows = numbered("mfcc", "MFCC", kNumCovarianceMfcc);
  for (ContourInfo& delta : numbered("delta", "delta of MFCC", kNumCovarianceMfcc))
    rows.push_back(std::move(delta));
  return rows;
}

std::vector<ContourInfo> voice_correlation_rows() {
  std::vector<ContourInfo> rows(voice_spectral_names().begin(), voice_spectral_names().end());
  rows.push_back({"energy", "ln", "log energy"});
  rows.push_back({"f0", "semitones", "F0, interpolated where unvoiced"});
  rows.push_back({"hnr", "dB", "harmonics-to-noise ratio"});
  for (ContourInfo& mfcc : numbered("mfcc", "MFCC", kNumVoiceCorrelationMfcc))
    rows.push_back(std::move(mfcc));
  return rows;
}

// Makes the table, group by group.
class Table {
 public:
  void group(std::string name, std::string what) {
    const size_t first =
        groups_.empty() ? 0 : groups_.back().first + groups_.back().features.size();
    groups_.push_back({std::move(name), std::move(what), first, {}, {}});
  }
  // A number by itself.
  void add(std::string name, std::string unit, std::string what) {
    run(1, name, what);
    put(std::move(name), std::move(unit), std::move(what));
  }
  void statistics(std::span<const ContourStatistic> statistics,
                  std::span<const ContourInfo> contours) {
    for (const ContourStatistic statistic : statistics) {
      const StatisticInfo& info = kStatistics[statistic];
      run_of(contours, info.name, info.what, "");
      for (const ContourInfo& contour : contours) {
        put(fmt::format("{}_{}", contour.name, info.name), info.has_unit ? contour.unit : "",
            fmt::format("{} {}", info.what, contour.what));
      }
    }
  }
  // Pairs in the order of the upper triangle, row by row.
  void pairs(std::string_view prefix, std::string_view what, std::span<const ContourInfo> rows,
             bool with_diagonal) {
    const size_t count = rows.size() * (with_diagonal ? rows.size() + 1 : rows.size() - 1) / 2;
    run(count, fmt::format("{}_*_*", prefix),
        fmt::format(
            "{} two of {} to {}, {}", what, rows.front().name, rows.back().name,
            with_diagonal ? "each with itself and those after it" : "each with those after it"));
    for (size_t i = 0; i < rows.size(); ++i) {
      for (size_t j = i + (with_diagonal ? 0 : 1); j < rows.size(); ++j) {
        put(fmt::format("{}_{}_{}", prefix, rows[i].name, rows[j].name), "",
            fmt::format("{} {} and {}", what, rows[i].what, rows[j].what));
      }
    }
  }
  void modulation(std::span<const ContourInfo> contours) {
    for (const ModulationBand& band : kModulationBands) {
      run_of(contours, fmt::format("modulation_{}_{}_hz", band.low_hz, band.high_hz),
             "log power of",
             fmt::format(" that changes {} to {} times a second", band.low_hz, band.high_hz));
      for (const ContourInfo& contour : contours) {
        put(fmt::format("{}_modulation_{}_{}_hz", contour.name, band.low_hz, band.high_hz), "ln",
            fmt::format("log power of {} that changes {} to {} times a second", contour.what,
                        band.low_hz, band.high_hz));
      }
    }
  }
  void cosines(const ContourInfo& contour) {
    for (size_t k = 1; k <= kNumContourCosines; ++k) {
      add(fmt::format("{}_cosine_{}", contour.name, k), contour.unit,
          fmt::format("coefficient {} of the cosine transform of {} at 64 equal steps", k,
                      contour.what));
    }
  }
  std::vector<VoiceGroupInfo> take() { return std::move(groups_); }

 private:
  void put(std::string name, std::string unit, std::string what) {
    groups_.back().features.push_back({std::move(name), std::move(unit), std::move(what)});
  }
  // A family of one contour is said by its own name.
  void run_of(std::span<const ContourInfo> contours, std::string_view suffix, std::string_view what,
              std::string_view rest) {
    const bool one = contours.size() == 1;
    run(contours.size(), fmt::format("{}_{}", one ? contours[0].name : "*", suffix),
        fmt::format("{} {}{}", what, one ? contours[0].what : "the contour", rest));
  }
  void run(size_t count, std::string name, std::string what) {
    groups_.back().runs.push_back({count, std::move(name), std::move(what)});
  }

  std::vector<VoiceGroupInfo> groups_;
};

void add_rhythm(Table& table) {
  table.group("rhythm", "Lengths of voiced and unvoiced runs of frames.");
  table.add("log_num_frames", "ln", "log of the number of frames of the loud part");
  table.add("voiced_share", "", "share of frames that are voiced");
  table.add("num_voiced_runs", "", "number of voiced runs (1 when there are none)");
  table.add("voiced_runs_per_s", "1/s", "the same a second");
  table.add("voiced_run_mean", "frames", "mean length of the voiced runs");
  table.add("voiced_run_std", "frames", "standard deviation of their lengths");
  table.add("voiced_run_max", "frames", "length of the longest");
  table.add("unvoiced_run_mean", "frames", "mean length of the unvoiced runs");
  table.add("unvoiced_run_std", "frames", "standard deviation of their lengths");
  table.add("unvoiced_run_max", "frames", "length of the longest");
  table.add("active_share", "", "share of frames within 40 dB of the loudest");
  table.add("num_unvoiced_runs", "", "number of unvoiced runs (1 when there are none)");
}

std::vector<VoiceGroupInfo> make_groups() {
  Table table;
  const auto contour_groups = [&](std::string_view prefix, std::string_view plural,
                                  std::span<const ContourInfo> contours) {
    const auto one = [&](std::string_view suffix, std::string_view what,
                         std::span<const ContourStatistic> statistics) {
      table.group(fmt::format("{}.{}", prefix, suffix), fmt::format("{} of {}.", what, plural));
      table.statistics(statistics, contours);
    };
    one("moments", "Mean and standard deviation", moments_statistics());
    one("motion", "How fast they change: deltas", motion_statistics());
    one("percentiles", "Percentiles and their ranges", percentile_statistics());
    one("shape", "Skewness and kurtosis", shape_statistics());
    one("trend", "The parabola through the clip, and what it leaves,", trend_statistics());
    one("thirds", "Means over the thirds of the clip", third_statistics());
    one("eighths", "Means over the eighths of the clip", eighth_statistics());
  };
  contour_groups("mfcc", "the 20 MFCC", voice_mfcc_names());
  contour_groups("spec", "the 19 spectral contours", voice_spectral_names());

  table.group("f0", "F0 of the voiced frames, one after the other.");
  table.statistics(every_statistic(), f0_names());
  table.group("hnr", "Harmonics-to-noise ratio of the voiced frames.");
  table.statistics(every_statistic(), hnr_names());
  table.group("jitter", "Jitter and shimmer, where two neighbouring frames are voiced.");
  table.statistics(every_statistic(), voice_perturbation_names());
  table.group("harmonics", "Balance of the harmonics in voiced frames.");
  table.statistics(every_statistic(), voice_harmonics_names());

  table.group("energy", "Log energy, of all frames and of the voiced ones.");
  table.statistics(every_statistic(), energy_names());
  table.add("energy_voiced_mean", "ln", "mean of the log energy in voiced frames");
  table.add("energy_voiced_std", "ln", "standard deviation of the log energy in voiced frames");
  table.group("energy.contour", "The course of the energy.");
  table.cosines(energy_names()[0]);
  table.group("energy.modulation", "How fast the energy swings.");
  table.modulation(energy_names());
  table.group("f0.contour", "The course of F0, interpolated where unvoiced.");
  const ContourInfo f0_everywhere = {"f0", "semitones", "F0, interpolated where unvoiced,"};
  table.cosines(f0_everywhere);
  table.group("f0.eighths", "Means over the eighths of the clip of F0, interpolated.");
  table.statistics(eighth_statistics(), std::span(&f0_everywhere, 1));
  add_rhythm(table);

  const std::vector<ContourInfo> rows = covariance_rows();
  table.group("covariance", "Covariances of 13 MFCC and their deltas.");
  table.pairs("cov", "covariance of", rows, true);
  table.group("covariance.log",
              "The matrix logarithm of the same covariances, 0.01 added to each variance; entries "
              "off the diagonal times the square root of 2.");
  table.pairs("logcov", "log covariance of", rows, true);
  table.group("correlation", "Correlations of 13 MFCC and their deltas.");
  table.pairs("corr", "correlation of", rows, false);
  table.group("correlation.voice",
              "Correlations of the spectral contours, energy, F0, harmonics-to-noise ratio and six "
              "MFCC.");
  table.pairs("voicecorr", "correlation of", voice_correlation_rows(), false);
  table.group("mfcc.modulation", "How fast the MFCC swing.");
  table.modulation(voice_mfcc_names());
  table.group("logmel.modulation", "How fast the 26 log mel bands swing.");
  table.modulation(log_mel_names());
  table.group("covariance.half0", "Covariances over the first half of the clip.");
  table.pairs("cov_half_1", "covariance over the first half of", rows, true);
  table.group("covariance.half1", "Covariances over the second half of the clip.");
  table.pairs("cov_half_2", "covariance over the second half of", rows, true);
  std::vector<VoiceGroupInfo> groups = table.take();
  SERMO_CHECK(groups.size() == kNumVoiceGroups, "every group is in the table");
  return groups;
}

}  // namespace

std::span<const VoiceGroupInfo> voice_groups() {
  static const std::vector<VoiceGroupInfo> kGroups = make_groups();
  return kGroups;
}

std::span<const ContourInfo> voice_mfcc_names() {
  static const std::vector<ContourInfo> kNames = numbered("mfcc", "MFCC", kNumVoiceMfcc);
  return kNames;
}

std::span<const ContourInfo> voice_spectral_names() {
  static const std::array<ContourInfo, kNumVoiceSpectral> kNames = {{
      {"centroid", "Hz", "spectral centroid"},
      {"spread", "Hz", "spectral spread"},
      {"skew", "", "spectral skewness"},
      {"rolloff25", "Hz", "25 % rolloff"},
      {"rolloff50", "Hz", "50 % rolloff"},
      {"rolloff75", "Hz", "75 % rolloff"},
      {"rolloff90", "Hz", "90 % rolloff"},
      {"entropy", "ln", "spectral entropy"},
      {"flatness", "ln", "log spectral flatness"},
      {"flux", "", "spectral flux"},
      {"alpha", "ln", "alpha ratio (50-1000 over 1000-5000 Hz)"},
      {"hammarberg", "dB", "Hammarberg index (peak below 2 kHz less peak in 2-5 kHz)"},
      {"slope500", "dB/kHz", "spectral slope 0-500 Hz"},
      {"slope1500", "dB/kHz", "spectral slope 500-1500 Hz"},
      {"band650", "ln", "energy share of 250-650 Hz"},
      {"band4000", "ln", "energy share of 1-4 kHz"},
      {"band8000", "ln", "energy share of 4-8 kHz"},
      {"band250", "ln", "energy share of 50-250 Hz"},
      {"zcr", "", "zero crossing rate"},
  }};
  return kNames;
}

std::span<const ContourInfo> voice_perturbation_names() {
  static const std::array<ContourInfo, 2> kNames = {{
      {"jitter", "semitones", "jitter (change of F0 from frame to frame)"},
      {"shimmer", "dB", "shimmer (change of the peak from frame to frame)"},
  }};
  return kNames;
}

std::span<const ContourInfo> voice_harmonics_names() {
  static const std::array<ContourInfo, 3> kNames = {{
      {"h1_h2", "dB", "first less second harmonic in voiced frames"},
      {"h1_h3", "dB", "first less third harmonic in voiced frames"},
      {"h1_a3", "dB", "first harmonic less peak in 2.5-3.5 kHz in voiced frames"},
  }};
  return kNames;
}

std::span<const ContourInfo> voice_frame_names() {
  static const std::vector<ContourInfo> kNames = [] {
    std::vector<ContourInfo> names = {
        {"f0", "Hz", "F0, 0 where unvoiced"},
        {"voiced", "", "1 where voiced, otherwise 0"},
        {"periodicity", "", "autocorrelation at the period, 0.001 to 0.999"},
        {"energy", "ln", "log energy; the clip's peak is scaled to 0.5"},
        {"hnr", "dB", "harmonics-to-noise ratio"},
    };
    for (const std::span<const ContourInfo> group :
         {voice_perturbation_names(), voice_harmonics_names(), voice_spectral_names(),
          voice_mfcc_names()}) {
      names.insert(names.end(), group.begin(), group.end());
    }
    return names;
  }();
  return kNames;
}

#define SERMO_STATISTICS(function, first, count)         \
  std::span<const ContourStatistic> function() {         \
    static constexpr auto kRun = run_from<count>(first); \
    return kRun;                                         \
  }
SERMO_STATISTICS(moments_statistics, dsp::kContourMean, 2)
SERMO_STATISTICS(motion_statistics, dsp::kDeltaAbsMean, 3)
SERMO_STATISTICS(percentile_statistics, dsp::kPercentile05, 7)
SERMO_STATISTICS(shape_statistics, dsp::kContourSkewness, 2)
SERMO_STATISTICS(trend_statistics, dsp::kSlope, 3)
SERMO_STATISTICS(third_statistics, dsp::kThird1, 3)
SERMO_STATISTICS(eighth_statistics, dsp::kEighth1, 8)
SERMO_STATISTICS(every_statistic, dsp::kContourMean, 20)
#undef SERMO_STATISTICS

}  // namespace sermo::features
