// The table of the voice descriptors: which numbers there are, in which order, and what each says.
//
// Names, the length of each group, the places that the extractor fills and the page
// docs/features/sermo-voice.md all come from this one table. Thread rule: made once, then
// read-only.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/dsp/contour_statistics.h"
#include "sermo/features/frame_contours.h"

namespace sermo::features {

// The groups, in the order of the vector; those of reference/voice/descriptors.py.
enum class VoiceGroup : size_t {
  kMfccMoments,
  kMfccMotion,
  kMfccPercentiles,
  kMfccShape,
  kMfccTrend,
  kMfccThirds,
  kMfccEighths,
  kSpecMoments,
  kSpecMotion,
  kSpecPercentiles,
  kSpecShape,
  kSpecTrend,
  kSpecThirds,
  kSpecEighths,
  kF0,
  kHnr,
  kPerturbation,
  kHarmonics,
  kEnergy,
  kEnergyContour,
  kEnergyModulation,
  kF0Contour,
  kF0Eighths,
  kRhythm,
  kCovariance,
  kLogCovariance,
  kCorrelation,
  kVoiceCorrelation,
  kMfccModulation,
  kLogMelModulation,
  kFirstHalfCovariance,
  kSecondHalfCovariance,
  kNumGroups
};
inline constexpr size_t kNumVoiceGroups = static_cast<size_t>(VoiceGroup::kNumGroups);

struct FeatureInfo {
  std::string name;  // e.g. "mfcc_03_mean"
  std::string unit;
  std::string what;  // e.g. "mean of MFCC 3"
};

// Numbers that stand one after the other and differ only in the contour that they are of: how a
// page says them all in a line.
struct FeatureRun {
  size_t count = 0;
  std::string name;  // e.g. "*_mean", the contour's name for the star; a pair's has two
  std::string what;  // e.g. "mean of the contour"
};

struct VoiceGroupInfo {
  std::string name;  // as in the reference, e.g. "mfcc.moments"
  std::string what;  // a sentence
  size_t first = 0;  // place of its first number in the vector
  std::vector<FeatureInfo> features;
  std::vector<FeatureRun> runs;  // the same, each number in one of them
};

// [kNumVoiceGroups], by VoiceGroup.
std::span<const VoiceGroupInfo> voice_groups();

// The contours that the statistics are taken of.
std::span<const ContourInfo> voice_mfcc_names();          // 20
std::span<const ContourInfo> voice_spectral_names();      // 19
std::span<const ContourInfo> voice_perturbation_names();  // 2
std::span<const ContourInfo> voice_harmonics_names();     // 3

// The contours that `sermo extract --frames` writes, in its order: F0, voicing, periodicity,
// energy, harmonics-to-noise ratio, then the four groups above, MFCC last.
std::span<const ContourInfo> voice_frame_names();  // 49

// The statistics of a group of contours, in their order: all of one statistic come before the next.
std::span<const dsp::ContourStatistic> moments_statistics();
std::span<const dsp::ContourStatistic> motion_statistics();
std::span<const dsp::ContourStatistic> percentile_statistics();
std::span<const dsp::ContourStatistic> shape_statistics();
std::span<const dsp::ContourStatistic> trend_statistics();
std::span<const dsp::ContourStatistic> third_statistics();
std::span<const dsp::ContourStatistic> eighth_statistics();
// All but the eighths.
std::span<const dsp::ContourStatistic> every_statistic();

// Bands of modulation frequencies in Hz.
struct ModulationBand {
  double low_hz;
  double high_hz;
};
inline constexpr std::array<ModulationBand, 7> kModulationBands = {
    {{0.5, 1.5}, {1.5, 3}, {3, 5}, {5, 8}, {8, 12}, {12, 20}, {20, 35}}};

inline constexpr size_t kNumContourCosines = 9;   // of energy and f0
inline constexpr size_t kNumCovarianceMfcc = 13;  // and as many deltas
inline constexpr size_t kNumVoiceCorrelationMfcc = 6;

}  // namespace sermo::features
