#include "sermo/features/voice/sermo_voice.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/dsp/contour_statistics.h"
#include "sermo/dsp/covariance.h"
#include "sermo/features/check_samples.h"
#include "sermo/features/voice/contours.h"
#include "sermo/features/voice/log_covariance.h"
#include "sermo/features/voice/modulation.h"
#include "sermo/features/voice/names.h"

namespace sermo::features {
namespace {

constexpr int kVersion = 1;

// Everything that shapes the numbers. A change here changes the schema's id.
constexpr std::string_view kParameters = R"({
  "sample_rate_hz": 16000,
  "loud_part": {"range_db": 35, "hops_before": 2, "hops_after": 3},
  "peak": 0.5,
  "frames": {"width": 400, "hop_length": 160, "n_fft": 512, "window": "hamming"},
  "pitch": {"width": 800, "n_fft": 2048, "window": "hann", "min_hz": 65, "max_hz": 600,
            "candidates": 6, "unvoiced": 0.45, "octave_cost": 0.6, "voicing_change_cost": 0.1,
            "short_lag_bonus": 0.02, "quiet_below_db": 32, "quiet_penalty": 0.6},
  "mfcc": {"emphasis": 0.97, "num_mels": 26, "mel_scale": "htk", "min_hz": 20, "max_hz": 8000,
           "floor": 1e-8, "coefficients": 20, "dct": "ii ortho"},
  "delta": {"width": 9, "edges": "repeated"},
  "covariance": {"mfcc": 13, "log_ridge": 0.01},
  "modulation": {"bands_hz": [0.5, 1.5, 3, 5, 8, 12, 20, 35], "n_fft": 512, "floor": 1e-4}
})";

constexpr size_t kMinRows = 8;        // of statistics over chosen frames
constexpr size_t kMinEnergyRows = 4;  // the same of the energy of voiced frames

std::vector<std::string> feature_names() {
  std::vector<std::string> names;
  for (const VoiceGroupInfo& group : voice_groups()) {
    for (const FeatureInfo& feature : group.features) names.push_back(feature.name);
  }
  return names;
}

// Statistics of the rows of contours, into groups: statistic by statistic.
struct Target {
  VoiceGroup group;
  std::span<const dsp::ContourStatistic> statistics;
};

class SermoVoiceWorkspace final : public Workspace {
 public:
  VoiceAnalysisWorkspace analysis;
  VoiceContours contours;
  dsp::ContourStatistics statistics;
  ModulationSpectrum modulation;
  dsp::FrameMatrix chosen;       // frames of some contours
  dsp::FrameMatrix f0;           // [1], interpolated where unvoiced
  dsp::FrameMatrix cepstra;      // [26], MFCC and deltas
  dsp::FrameMatrix voice;        // [28], what correlation.voice is about
  dsp::FrameMatrix modulations;  // [7][MFCC, log mel, energy]
  dsp::Scatter first_half;
  dsp::Scatter second_half;
  dsp::Scatter whole;
};

// The vector under construction, by group.
class Vector {
 public:
  explicit Vector(std::span<float> out) : out_(out) {}
  std::span<float> group(VoiceGroup group) const {
    const VoiceGroupInfo& info = voice_groups()[static_cast<size_t>(group)];
    return out_.subspan(info.first, info.features.size());
  }

 private:
  std::span<float> out_;
};

void put_statistics(const dsp::FrameMatrix& contours, std::span<const Target> targets,
                    dsp::ContourStatistics& statistics, const Vector& vector) {
  const size_t num_rows = contours.num_rows();
  for (size_t r = 0; r < num_rows; ++r) {
    const dsp::ContourStatistics::Values values = statistics.compute(contours.frames(r));
    for (const Target& target : targets) {
      const std::span<float> out = vector.group(target.group);
      for (size_t s = 0; s < target.statistics.size(); ++s) {
        out[s * num_rows + r] = values[target.statistics[s]];
      }
    }
  }
}

// The frames at which `keep` is not 0. Fewer than `least` of them are each repeated as often as
// `least`; without any, the mean over all frames stands `least` times.
void choose_frames(const dsp::FrameMatrix& contours, std::span<const std::uint8_t> keep,
                   size_t least, dsp::FrameMatrix& chosen) {
  const auto num_kept = static_cast<size_t>(
      std::count_if(keep.begin(), keep.end(), [](std::uint8_t k) { return k != 0; }));
  const size_t copies = num_kept < least ? least : 1;
  chosen.resize(contours.num_rows(), std::max<size_t>(num_kept, 1) * copies);
  for (size_t r = 0; r < contours.num_rows(); ++r) {
    const std::span<const float> from = contours.frames(r);
    float* to = chosen.row(r);
    for (size_t f = 0; f < from.size(); ++f) {
      if (keep[f] != 0) to = std::fill_n(to, copies, from[f]);
    }
    if (num_kept == 0) {
      double sum = 0;
      for (const float value : from) sum += static_cast<double>(value);
      std::fill_n(to, copies, static_cast<float>(sum / static_cast<double>(from.size())));
    }
  }
}

// F0 in every frame: a straight line between voiced frames, level before the first and after the
// last; 0 throughout when there are fewer than four.
void interpolate_f0(const VoiceContours& contours, dsp::FrameMatrix& f0) {
  constexpr size_t kLeast = 4;
  const std::vector<std::uint8_t>& voiced = contours.pitch.voiced;
  const size_t num_frames = voiced.size();
  f0.resize(1, num_frames);
  float* to = f0.row(0);
  if (std::count(voiced.begin(), voiced.end(), std::uint8_t{1}) <
      static_cast<std::ptrdiff_t>(kLeast)) {
    std::fill_n(to, num_frames, 0.0f);
    return;
  }
  const float* from = contours.f0.row(0);
  size_t before = num_frames;  // the last voiced frame; none yet
  for (size_t t = 0; t < num_frames; ++t) {
    if (voiced[t] == 0) continue;
    to[t] = from[t];
    if (before == num_frames) {
      std::fill_n(to, t, from[t]);
    } else {
      const double rise = static_cast<double>(from[t]) - static_cast<double>(from[before]);
      const double per_frame = rise / static_cast<double>(t - before);
      for (size_t i = before + 1; i < t; ++i) {
        to[i] = static_cast<float>(static_cast<double>(from[before]) +
                                   per_frame * static_cast<double>(i - before));
      }
    }
    before = t;
  }
  std::fill(to + before, to + num_frames, from[before]);
}

// Coefficients 1 to 9 of the orthonormal cosine transform of a contour at 64 equal steps.
class CourseTransform {
 public:
  CourseTransform() {
    for (size_t k = 0; k < kNumContourCosines; ++k) {
      for (size_t i = 0; i < kNumSteps; ++i) {
        const double angle = std::numbers::pi * static_cast<double>(k + 1) *
                             (static_cast<double>(i) + 0.5) / static_cast<double>(kNumSteps);
        basis_[k][i] = std::sqrt(2.0 / static_cast<double>(kNumSteps)) * std::cos(angle);
      }
    }
  }
  void apply(std::span<const float> contour, std::span<float> out) const {
    std::array<double, kNumSteps> steps{};
    const double stride =
        static_cast<double>(contour.size() - 1) / static_cast<double>(kNumSteps - 1);
    for (size_t i = 0; i < kNumSteps; ++i) {
      const double place = stride * static_cast<double>(i);
      const size_t below = std::min(static_cast<size_t>(place), contour.size() - 1);
      const size_t above = std::min(below + 1, contour.size() - 1);
      const auto low = static_cast<double>(contour[below]);
      const auto high = static_cast<double>(contour[above]);
      steps[i] = low + (place - static_cast<double>(below)) * (high - low);
    }
    for (size_t k = 0; k < kNumContourCosines; ++k) {
      double sum = 0;
      for (size_t i = 0; i < kNumSteps; ++i) sum += basis_[k][i] * steps[i];
      out[k] = static_cast<float>(sum);
    }
  }

 private:
  static constexpr size_t kNumSteps = 64;
  std::array<std::array<double, kNumSteps>, kNumContourCosines> basis_{};
};

// Lengths of the runs of one kind, as they come.
struct Runs {
  double count = 0;
  double sum = 0;
  double sum_of_squares = 0;
  double longest = 0;

  void add(size_t length) {
    const auto frames = static_cast<double>(length);
    count += 1;
    sum += frames;
    sum_of_squares += frames * frames;
    longest = std::max(longest, frames);
  }
  // No runs count as one of no length.
  double counted() const { return std::max(count, 1.0); }
  double mean() const { return sum / counted(); }
  double std() const {
    return std::sqrt(std::max(0.0, sum_of_squares / counted() - mean() * mean()));
  }
};

void put_rhythm(const VoiceContours& contours, std::span<float> out) {
  const std::vector<std::uint8_t>& voiced = contours.pitch.voiced;
  const auto num_frames = static_cast<double>(voiced.size());
  Runs runs[2];
  size_t start = 0;
  for (size_t t = 1; t <= voiced.size(); ++t) {
    if (t < voiced.size() && voiced[t] == voiced[start]) continue;
    runs[voiced[start]].add(t - start);
    start = t;
  }
  const std::span<const float> energy = contours.energy.frames(0);
  const auto threshold =
      static_cast<double>(*std::max_element(energy.begin(), energy.end())) - std::log(10.0) * 4;
  const auto num_active = std::count_if(
      energy.begin(), energy.end(), [&](float e) { return static_cast<double>(e) > threshold; });
  const Runs& spoken = runs[1];
  const Runs& other = runs[0];
  const double values[] = {std::log(num_frames),
                           spoken.sum / num_frames,
                           spoken.counted(),
                           spoken.counted() / num_frames * 100,
                           spoken.mean(),
                           spoken.std(),
                           spoken.longest,
                           other.mean(),
                           other.std(),
                           other.longest,
                           static_cast<double>(num_active) / num_frames,
                           other.counted()};
  SERMO_CHECK(std::size(values) == out.size(), "the table has these numbers");
  std::transform(std::begin(values), std::end(values), out.begin(),
                 [](double value) { return static_cast<float>(value); });
}

// The upper triangle of covariances, row by row.
void put_covariances(const dsp::Scatter& scatter, std::span<float> out) {
  size_t place = 0;
  for (size_t i = 0; i < scatter.num_rows(); ++i) {
    for (size_t j = i; j < scatter.num_rows(); ++j) {
      out[place++] = static_cast<float>(scatter.covariance(i, j));
    }
  }
}

// The same of correlations, without the diagonal.
void put_correlations(const dsp::Scatter& scatter, std::span<float> out) {
  size_t place = 0;
  for (size_t i = 0; i < scatter.num_rows(); ++i) {
    for (size_t j = i + 1; j < scatter.num_rows(); ++j) {
      out[place++] = static_cast<float>(scatter.correlation(i, j));
    }
  }
}

// One part after the other of the vector.
class Describer {
 public:
  Describer(SermoVoiceWorkspace& workspace, const CourseTransform& course, std::span<float> out)
      : w_(workspace), c_(workspace.contours), course_(course), vector_(out) {}

  void put_frame_statistics() {
    using enum VoiceGroup;
    const Target mfcc[] = {{kMfccMoments, moments_statistics()},
                           {kMfccMotion, motion_statistics()},
                           {kMfccPercentiles, percentile_statistics()},
                           {kMfccShape, shape_statistics()},
                           {kMfccTrend, trend_statistics()},
                           {kMfccThirds, third_statistics()},
                           {kMfccEighths, eighth_statistics()}};
    const Target spec[] = {{kSpecMoments, moments_statistics()},
                           {kSpecMotion, motion_statistics()},
                           {kSpecPercentiles, percentile_statistics()},
                           {kSpecShape, shape_statistics()},
                           {kSpecTrend, trend_statistics()},
                           {kSpecThirds, third_statistics()},
                           {kSpecEighths, eighth_statistics()}};
    put_statistics(c_.mfcc, mfcc, w_.statistics, vector_);
    put_statistics(c_.spectral, spec, w_.statistics, vector_);
  }

  void put_voice_statistics() {
    using enum VoiceGroup;
    put_of_frames(c_.f0, c_.pitch.voiced, kF0);
    put_of_frames(c_.hnr, c_.pitch.voiced, kHnr);
    put_of_frames(c_.perturbation, c_.voiced_pair, kPerturbation);
    put_of_frames(c_.harmonics, c_.pitch.voiced, kHarmonics);
    interpolate_f0(c_, w_.f0);
    const Target eighths{kF0Eighths, eighth_statistics()};
    put_statistics(w_.f0, std::span(&eighths, 1), w_.statistics, vector_);
    course_.apply(w_.f0.frames(0), vector_.group(kF0Contour));
    put_rhythm(c_, vector_.group(kRhythm));
  }

  void put_energy() {
    const std::span<float> out = vector_.group(VoiceGroup::kEnergy);
    const dsp::ContourStatistics::Values all = w_.statistics.compute(c_.energy.frames(0));
    const std::span<const dsp::ContourStatistic> statistics = every_statistic();
    for (size_t s = 0; s < statistics.size(); ++s) out[s] = all[statistics[s]];
    choose_frames(c_.energy, c_.pitch.voiced, kMinEnergyRows, w_.chosen);
    const dsp::ContourStatistics::Values voiced = w_.statistics.compute(w_.chosen.frames(0));
    out[statistics.size()] = voiced[dsp::kContourMean];
    out[statistics.size() + 1] = voiced[dsp::kContourStd];
    course_.apply(c_.energy.frames(0), vector_.group(VoiceGroup::kEnergyContour));
  }

  void put_cepstral_covariances() {
    using enum VoiceGroup;
    const size_t num_frames = c_.num_frames();
    w_.cepstra.resize(2 * kNumCovarianceMfcc, num_frames);
    for (size_t r = 0; r < kNumCovarianceMfcc; ++r) {
      const std::span<const float> mfcc = c_.mfcc.frames(r);
      std::copy(mfcc.begin(), mfcc.end(), w_.cepstra.row(r));
      dsp::contour_delta(mfcc, {w_.cepstra.row(kNumCovarianceMfcc + r), num_frames});
    }
    const size_t middle = (num_frames + 1) / 2;
    w_.first_half.compute(w_.cepstra, 0, middle);
    w_.second_half.compute(w_.cepstra, middle, num_frames);
    w_.whole.combine(w_.first_half, w_.second_half);
    put_covariances(w_.first_half, vector_.group(kFirstHalfCovariance));
    put_covariances(w_.second_half, vector_.group(kSecondHalfCovariance));
    put_covariances(w_.whole, vector_.group(kCovariance));
    put_correlations(w_.whole, vector_.group(kCorrelation));
    log_covariance(w_.whole, vector_.group(kLogCovariance));
  }

  // After put_voice_statistics, which interpolates F0.
  void put_voice_correlations() {
    const size_t num_frames = c_.num_frames();
    w_.voice.resize(kNumVoiceSpectral + 3 + kNumVoiceCorrelationMfcc, num_frames);
    size_t to = 0;
    const auto take = [&](const dsp::FrameMatrix& from, size_t num_rows) {
      for (size_t r = 0; r < num_rows; ++r, ++to)
        std::copy_n(from.row(r), num_frames, w_.voice.row(to));
    };
    take(c_.spectral, kNumVoiceSpectral);
    take(c_.energy, 1);
    take(w_.f0, 1);
    take(c_.hnr, 1);
    take(c_.mfcc, kNumVoiceCorrelationMfcc);
    w_.whole.compute(w_.voice, 0, num_frames);
    put_correlations(w_.whole, vector_.group(VoiceGroup::kVoiceCorrelation));
  }

  void put_modulations() {
    const dsp::FrameMatrix* const groups[] = {&c_.mfcc, &c_.log_mel, &c_.energy};
    w_.modulation.compute(groups, w_.modulations);
    size_t first = 0;
    for (const VoiceGroup group : {VoiceGroup::kMfccModulation, VoiceGroup::kLogMelModulation,
                                   VoiceGroup::kEnergyModulation}) {
      const std::span<float> out = vector_.group(group);
      const size_t num_rows = out.size() / kModulationBands.size();
      for (size_t b = 0; b < kModulationBands.size(); ++b) {
        std::copy_n(w_.modulations.row(b) + first, num_rows,
                    out.begin() + static_cast<std::ptrdiff_t>(b * num_rows));
      }
      first += num_rows;
    }
  }

 private:
  // Every statistic of chosen frames.
  void put_of_frames(const dsp::FrameMatrix& contours, std::span<const std::uint8_t> keep,
                     VoiceGroup group) {
    choose_frames(contours, keep, kMinRows, w_.chosen);
    const Target target{group, every_statistic()};
    put_statistics(w_.chosen, std::span(&target, 1), w_.statistics, vector_);
  }

  SermoVoiceWorkspace& w_;
  const VoiceContours& c_;
  const CourseTransform& course_;
  Vector vector_;
};

// In the order of voice_frame_names().
FrameContours frame_contours(const VoiceContours& c) {
  FrameContours out;
  out.contours.assign(voice_frame_names().begin(), voice_frame_names().end());
  out.values.resize(c.num_frames(), out.contours.size());
  out.first_time_s = static_cast<double>(c.first_sample) / kVoiceSampleRateHz;
  out.hop_s = static_cast<double>(kVoiceHopSamples) / kVoiceSampleRateHz;
  for (size_t t = 0; t < c.num_frames(); ++t) {
    size_t column = 0;
    const auto put = [&](float value) { out.values(t, column++) = value; };
    put(c.pitch.f0_hz[t]);
    put(c.pitch.voiced[t] != 0 ? 1.0f : 0.0f);
    put(c.pitch.periodicity[t]);
    put(c.energy(0, t));
    put(c.hnr(0, t));
    for (const dsp::FrameMatrix* group : {&c.perturbation, &c.harmonics, &c.spectral, &c.mfcc}) {
      for (size_t r = 0; r < group->num_rows(); ++r) put((*group)(r, t));
    }
    SERMO_CHECK(column == out.contours.size(), "every contour has a name");
  }
  return out;
}

class SermoVoice final : public Extractor {
 public:
  const Schema& schema() const override { return schema_; }
  int sample_rate_hz() const override { return kVoiceSampleRateHz; }
  std::unique_ptr<Workspace> make_workspace() const override {
    return std::make_unique<SermoVoiceWorkspace>();
  }

  Result<void> extract(std::span<const float> samples, std::span<float> out,
                       Workspace& workspace) const override {
    SERMO_CHECK(out.size() == schema_.num_features(), "there is a place for every feature");
    SERMO_TRY(SermoVoiceWorkspace * own, analyse(samples, workspace));
    Describer describer(*own, course_, out);
    describer.put_frame_statistics();
    describer.put_voice_statistics();
    describer.put_energy();
    describer.put_cepstral_covariances();
    describer.put_voice_correlations();
    describer.put_modulations();
    return {};
  }

  Result<FrameContours> contours(std::span<const float> samples,
                                 Workspace& workspace) const override {
    SERMO_TRY(const SermoVoiceWorkspace* own, analyse(samples, workspace));
    return frame_contours(own->contours);
  }

 private:
  Result<SermoVoiceWorkspace*> analyse(std::span<const float> samples, Workspace& workspace) const {
    auto* const own = dynamic_cast<SermoVoiceWorkspace*>(&workspace);
    SERMO_CHECK(own != nullptr, "the workspace is one that this extractor made");
    SERMO_TRY_VOID(check_samples(samples, kVoiceMinSamples, kVoiceSampleRateHz));
    analysis_.analyse(samples, own->contours, own->analysis);
    return own;
  }

  Schema schema_ = make_schema("sermo-voice", kVersion, std::string(kParameters), feature_names());
  VoiceAnalysis analysis_;
  CourseTransform course_;
};

}  // namespace

std::shared_ptr<const Extractor> make_sermo_voice() { return std::make_shared<SermoVoice>(); }

}  // namespace sermo::features
