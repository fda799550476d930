#include "sermo/dsp/pitch_tracker.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <string>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/dsp/frame_power.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/pitch_tracker.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "sermo/dsp/fft-inl.h"
#include "sermo/dsp/short_frames-inl.h"

#ifndef SERMO_DSP_PITCH_TRACKER_ONCE_
#define SERMO_DSP_PITCH_TRACKER_ONCE_
namespace sermo::dsp {

inline constexpr size_t kMaxPitchWidth = 1024;
inline constexpr size_t kMaxLag = 512;
inline constexpr float kNoPeak = -1.0f;  // the score of what is no peak

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {

// Removes the mean of each of the frames in `samples`; gives back their mean squares.
HWY_INLINE V centre(D d, size_t width, float* samples) {
  const size_t lanes = hn::Lanes(d);
  constexpr size_t kRun = 32;  // sums of sums keep rounding small
  const V per_sample = hn::Set(d, 1.0f / static_cast<float>(width));
  const auto mean_of = [&](auto&& value) SERMO_VECTOR_LAMBDA {
    V sum = hn::Zero(d);
    for (size_t start = 0; start < width; start += kRun) {
      V run = hn::Zero(d);
      for (size_t n = start; n < std::min(start + kRun, width); ++n) {
        run = hn::Add(run, value(hn::Load(d, samples + n * lanes)));
      }
      sum = hn::Add(sum, run);
    }
    return hn::Mul(per_sample, sum);
  };
  const V mean = mean_of([](V x) SERMO_VECTOR_LAMBDA { return x; });
  for (size_t n = 0; n < width; ++n) {
    float* at = samples + n * lanes;
    hn::Store(hn::Sub(hn::Load(d, at), mean), d, at);
  }
  return mean_of([](V x) SERMO_VECTOR_LAMBDA { return hn::Mul(x, x); });
}

// The six best peaks of the autocorrelation, best first, those with the shorter lag first among
// equals.
HWY_INLINE void find_peaks(D d, const PitchTracker::Tables& tables, const float* correlation,
                           float* scores, float* lags) {
  constexpr size_t kNum = PitchTracker::kNumCandidates;
  const size_t lanes = hn::Lanes(d);
  V best[kNum];
  V best_lag[kNum];
  for (size_t c = 0; c < kNum; ++c) {
    best[c] = hn::Set(d, kNoPeak);
    best_lag[c] = hn::Zero(d);
  }
  V before = hn::Load(d, correlation + (tables.min_lag - 1) * lanes);
  V here = hn::Load(d, correlation + tables.min_lag * lanes);
  for (size_t lag = tables.min_lag; lag < tables.end_lag; ++lag) {
    const V after = hn::Load(d, correlation + (lag + 1) * lanes);
    const auto is_peak = hn::And(hn::Gt(here, before), hn::Ge(here, after));
    if (!hn::AllFalse(d, is_peak)) {
      V score = hn::IfThenElse(is_peak, hn::Sub(here, hn::Set(d, tables.lag_penalty[lag])),
                               hn::Set(d, kNoPeak));
      V score_lag = hn::Set(d, static_cast<float>(lag));
      for (size_t c = 0; c < kNum; ++c) {
        const auto is_better = hn::Gt(score, best[c]);
        const V moved = hn::IfThenElse(is_better, best[c], score);
        const V moved_lag = hn::IfThenElse(is_better, best_lag[c], score_lag);
        best[c] = hn::IfThenElse(is_better, score, best[c]);
        best_lag[c] = hn::IfThenElse(is_better, score_lag, best_lag[c]);
        score = moved;
        score_lag = moved_lag;
      }
    }
    before = here;
    here = after;
  }
  for (size_t c = 0; c < kNum; ++c) {
    hn::Store(best[c], d, scores + c * lanes);
    hn::Store(best_lag[c], d, lags + c * lanes);
  }
}

// Fills `to` with the candidates of one frame, lane `i` of the rest. As in the reference, places
// that no peak takes go to the shortest lags that are none: an unvoiced frame's periodicity is read
// at its last candidate.
HWY_INLINE void take_candidates(const PitchTracker::Tables& tables, const float* correlation,
                                const float* scores, const float* lags, size_t lanes, size_t i,
                                PitchTracker::Candidates& to) {
  constexpr size_t kNum = PitchTracker::kNumCandidates;
  size_t num_peaks = 0;
  while (num_peaks < kNum && scores[num_peaks * lanes + i] > kNoPeak) {
    to.scores[num_peaks] = scores[num_peaks * lanes + i];
    to.lags[num_peaks] = static_cast<std::uint16_t>(lags[num_peaks * lanes + i]);
    ++num_peaks;
  }
  size_t lag = tables.min_lag;
  for (size_t c = num_peaks; c < kNum; ++c, ++lag) {
    while (std::find(to.lags, to.lags + num_peaks, lag) != to.lags + num_peaks) ++lag;
    to.scores[c] = kNoPeak;
    to.lags[c] = static_cast<std::uint16_t>(lag);
  }
  to.last_correlation = correlation[to.lags[kNum - 1] * lanes + i];
}

void find_candidates(const RealFftPlan& plan, const PitchTracker::Tables& tables,
                     const FrameCut& cut, const PaddedClip& clip, size_t num_frames,
                     float* spectrum, float* scratch, PitchTracker::Candidates* candidates) {
  const D d;
  constexpr size_t kNum = PitchTracker::kNumCandidates;
  const size_t lanes = hn::Lanes(d);
  HWY_ALIGN_MAX float samples[kMaxPitchWidth * kFramePadding];
  HWY_ALIGN_MAX float correlation[(kMaxLag + 2) * kFramePadding];
  HWY_ALIGN_MAX float scores[kNum * kFramePadding];
  HWY_ALIGN_MAX float lags[kNum * kFramePadding];
  HWY_ALIGN_MAX float powers[kFramePadding];
  const auto* window = tables.window.data();
  for (size_t f = 0; f < num_frames; f += lanes) {
    load_frames(d, clip, cut, f, samples);
    hn::Store(centre(d, cut.width, samples), d, powers);
    forward_real_fft(
        d, plan, WindowedFrames{window, samples, cut.width},
        [&](size_t k, V re, V im) SERMO_VECTOR_LAMBDA {
          hn::Store(hn::MulAdd(re, re, hn::Mul(im, im)), d, spectrum + k * lanes);
        },
        scratch);
    const size_t last_pair = tables.end_lag / 2;
    const V scale = hn::Set(d, 1.0f / static_cast<float>(plan.half));
    inverse_real_fft(
        d, plan,
        [&](size_t k, V& re, V& im) SERMO_VECTOR_LAMBDA {
          re = hn::Load(d, spectrum + k * lanes);
          im = hn::Zero(d);
        },
        [&](size_t m, V even, V odd) SERMO_VECTOR_LAMBDA {
          if (m > last_pair) return;
          hn::Store(hn::Mul(scale, even), d, correlation + 2 * m * lanes);
          hn::Store(hn::Mul(scale, odd), d, correlation + (2 * m + 1) * lanes);
        },
        scratch);
    const V inverse =
        hn::Div(hn::Set(d, 1.0f), hn::Max(hn::Load(d, correlation), hn::Set(d, 1e-10f)));
    for (size_t lag = 0; lag <= tables.end_lag; ++lag) {
      float* at = correlation + lag * lanes;
      const V corrected = hn::Mul(hn::Set(d, tables.correction[lag]), hn::Load(d, at));
      hn::Store(hn::Mul(inverse, corrected), d, at);
    }
    find_peaks(d, tables, correlation, scores, lags);
    for (size_t i = 0; i < std::min(lanes, num_frames - f); ++i) {
      take_candidates(tables, correlation, scores, lags, lanes, i, candidates[f + i]);
      candidates[f + i].power = powers[i];
    }
  }
}

// The windowed frame's products with itself, in double: sums[0] moved by nothing, sums[1] to [3] by
// lag - 1, lag and lag + 1 samples. Float32 would do for choosing a period; placing it between
// samples takes small differences of these.
void exact_products(const float* frame, const std::vector<double>& window, size_t lag,
                    double (&sums)[4]) {
  const hn::CappedTag<double, kMaxLanes<double>> d;
  const hn::Rebind<float, decltype(d)> d_float;
  const size_t lanes = hn::Lanes(d);
  const size_t width = window.size();
  HWY_ALIGN_MAX double values[kMaxPitchWidth + kMaxLag + 2 * kMaxLanes<double>];
  auto sum = hn::Zero(d);
  for (size_t n = 0; n < width; n += lanes) {
    sum = hn::Add(sum, hn::PromoteTo(d, hn::LoadU(d_float, frame + n)));
  }
  const double mean = hn::GetLane(hn::SumOfLanes(d, sum)) / static_cast<double>(width);
  const auto mean_v = hn::Set(d, mean);
  for (size_t n = 0; n < width; n += lanes) {
    const auto x = hn::PromoteTo(d, hn::LoadU(d_float, frame + n));
    hn::Store(hn::Mul(hn::LoadU(d, window.data() + n), hn::Sub(x, mean_v)), d, values + n);
  }
  // What lies beyond the frame is zero, so every sum runs over the whole frame.
  std::fill(values + width, values + width + lag + 1 + lanes, 0.0);
  const size_t moves[4] = {0, lag - 1, lag, lag + 1};
  for (size_t i = 0; i < 4; ++i) {
    auto total = hn::Zero(d);
    for (size_t n = 0; n < width; n += lanes) {
      total = hn::MulAdd(hn::Load(d, values + n), hn::LoadU(d, values + n + moves[i]), total);
    }
    sums[i] = hn::GetLane(hn::SumOfLanes(d, total));
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(find_candidates);
HWY_EXPORT(exact_products);

namespace {

constexpr size_t kNumStates = PitchTracker::kNumCandidates + 1;  // the last is unvoiced
constexpr size_t kUnvoiced = PitchTracker::kNumCandidates;
constexpr float kMinPeriodicity = 1e-3f;

double level_db(float power) { return 10.0 * std::log10(static_cast<double>(power) + 1e-12); }

// The place of the extremum of the parabola through three points, from the middle one.
double parabola_shift(double before, double here, double after) {
  const double curve = before - 2.0 * here + after;
  if (!(std::abs(curve) > 1e-9)) return 0.0;
  return std::clamp(0.5 * (before - after) / curve, -0.5, 0.5);
}

PitchTracker::Tables make_tables(const PitchTracker::Options& options) {
  PitchTracker::Tables tables;
  tables.min_lag = static_cast<size_t>(options.sample_rate_hz / options.max_f0_hz);
  tables.end_lag = static_cast<size_t>(options.sample_rate_hz / options.min_f0_hz);
  tables.window = symmetric_hann(options.cut.width);
  const double step = 2.0 * std::numbers::pi / static_cast<double>(options.cut.width - 1);
  for (size_t n = 0; n < options.cut.width; ++n) {
    tables.exact_window.push_back(0.5 - 0.5 * std::cos(step * static_cast<double>(n)));
  }
  const auto window_correlation = [&](size_t lag) {
    double sum = 0;
    for (size_t n = 0; n + lag < options.cut.width; ++n) {
      sum += tables.exact_window[n] * tables.exact_window[n + lag];
    }
    return sum;
  };
  const double at_zero = window_correlation(0);
  for (size_t lag = 0; lag <= tables.end_lag; ++lag) {
    tables.exact_correction.push_back(at_zero / window_correlation(lag));
    tables.correction.push_back(static_cast<float>(tables.exact_correction.back()));
  }
  for (size_t lag = 0; lag < tables.end_lag; ++lag) {
    const auto samples = static_cast<double>(std::max<size_t>(lag, 1));
    const double octaves_below = std::log2(samples * options.min_f0_hz / options.sample_rate_hz);
    tables.lag_penalty.push_back(static_cast<float>(options.short_lag_bonus * octaves_below));
    tables.octaves.push_back(std::log2(options.sample_rate_hz / samples));
  }
  return tables;
}

}  // namespace

Result<PitchTracker> PitchTracker::create(const Options& options) {
  const auto bad = [](const std::string& what) {
    return fail(ErrorCode::kUsage, "pitch tracker: " + what);
  };
  if (!(options.min_f0_hz > 0 && options.min_f0_hz < options.max_f0_hz &&
        options.max_f0_hz < options.sample_rate_hz / 4)) {
    return bad("wanted 0 < min_f0_hz < max_f0_hz < sample_rate_hz / 4");
  }
  const double longest = options.sample_rate_hz / options.min_f0_hz;
  const FrameCut& cut = options.cut;
  if (cut.width == 0 || cut.width % 4 != 0 || cut.width > kMaxPitchWidth || cut.hop_length == 0 ||
      cut.hop_length > 240) {
    return bad("got frames of " + std::to_string(cut.width) + " samples every " +
               std::to_string(cut.hop_length) + ", wanted a multiple of four of at most " +
               std::to_string(kMaxPitchWidth) + ", every 1 to 240");
  }
  if (longest >= kMaxLag || longest >= static_cast<double>(cut.width) / 2.0 ||
      static_cast<double>(options.n_fft - cut.width) < longest + 1.0 || options.n_fft < cut.width) {
    return bad("a frame holds two periods and the transform a frame and a period");
  }
  SERMO_TRY(RealFftPlan plan, make_real_fft_plan(options.n_fft));
  return PitchTracker(options, std::move(plan));
}

PitchTracker::PitchTracker(const Options& options, RealFftPlan plan)
    : options_(options), plan_(std::move(plan)), tables_(make_tables(options)) {}

// Fills workspace.path_ with the state of every frame.
void PitchTracker::choose_path(PitchWorkspace& workspace) const {
  const std::vector<Candidates>& frames = workspace.candidates_;
  const size_t num_frames = frames.size();
  double loudest_db = level_db(0);
  for (const Candidates& frame : frames) loudest_db = std::max(loudest_db, level_db(frame.power));

  std::array<double, kNumStates> local{};
  const auto score_frame = [&](const Candidates& frame) {
    const bool is_quiet = level_db(frame.power) < loudest_db - options_.quiet_below_db;
    for (size_t c = 0; c < kNumCandidates; ++c) {
      constexpr double kMostOfScore = 1.2;
      constexpr double kNever = -5.0;
      const double score = frame.scores[c];
      local[c] = (score > static_cast<double>(kNoPeak) ? std::min(score, kMostOfScore) : kNever) -
                 (is_quiet ? options_.quiet_penalty : 0.0);
    }
    local[kUnvoiced] = options_.unvoiced_score;
  };

  workspace.back_.resize(num_frames * kNumStates);
  score_frame(frames[0]);
  std::array<double, kNumStates> best = local;
  for (size_t t = 1; t < num_frames; ++t) {
    score_frame(frames[t]);
    std::array<double, kNumStates> next{};
    for (size_t to = 0; to < kNumStates; ++to) {
      double highest = -std::numeric_limits<double>::infinity();
      size_t from_highest = 0;
      for (size_t from = 0; from < kNumStates; ++from) {
        double move = -options_.voicing_change_cost;
        if (from == kUnvoiced && to == kUnvoiced) move = 0.0;
        if (from != kUnvoiced && to != kUnvoiced) {
          move = -options_.octave_cost * std::abs(tables_.octaves[frames[t - 1].lags[from]] -
                                                  tables_.octaves[frames[t].lags[to]]);
        }
        const double total = best[from] + move;
        if (total > highest) {
          highest = total;
          from_highest = from;
        }
      }
      next[to] = highest + local[to];
      workspace.back_[t * kNumStates + to] = static_cast<std::uint8_t>(from_highest);
    }
    best = next;
  }
  workspace.path_.resize(num_frames);
  auto state = static_cast<size_t>(std::max_element(best.begin(), best.end()) - best.begin());
  for (size_t t = num_frames; t-- > 0;) {
    workspace.path_[t] = static_cast<std::uint8_t>(state);
    if (t > 0) state = workspace.back_[t * kNumStates + state];
  }
}

void PitchTracker::track(const PaddedClip& clip, PitchTrack& track,
                         PitchWorkspace& workspace) const {
  const size_t num_frames = options_.cut.num_frames(clip.num_samples());
  workspace.spectrum_.reserve(plan_.num_bins() * kFramePadding);
  workspace.candidates_.resize(num_frames);
  HWY_DYNAMIC_DISPATCH(find_candidates)
  (plan_, tables_, options_.cut, clip, num_frames, workspace.spectrum_.data(),
   workspace.fft_.scratch_for(plan_), workspace.candidates_.data());
  choose_path(workspace);

  track.f0_hz.resize(num_frames);
  track.periodicity.resize(num_frames);
  track.voiced.resize(num_frames);
  for (size_t t = 0; t < num_frames; ++t) {
    const Candidates& frame = workspace.candidates_[t];
    const size_t state = workspace.path_[t];
    track.voiced[t] = state != kUnvoiced ? 1 : 0;
    if (state == kUnvoiced) {
      track.f0_hz[t] = 0.0f;
      track.periodicity[t] =
          std::clamp(frame.last_correlation, kMinPeriodicity, 1.0f - kMinPeriodicity);
      continue;
    }
    const size_t lag = frame.lags[state];
    double products[4];
    HWY_DYNAMIC_DISPATCH(exact_products)
    (clip.frame(t, options_.cut.hop_length, options_.cut.width), tables_.exact_window, lag,
     products);
    const auto correlation = [&](size_t at) {
      return products[at + 2 - lag] / std::max(products[0], 1e-10) * tables_.exact_correction[at];
    };
    const double here = correlation(lag);
    const double shift = parabola_shift(correlation(lag - 1), here, correlation(lag + 1));
    track.f0_hz[t] =
        static_cast<float>(options_.sample_rate_hz / (static_cast<double>(lag) + shift));
    track.periodicity[t] =
        std::clamp(static_cast<float>(here), kMinPeriodicity, 1.0f - kMinPeriodicity);
  }
}

}  // namespace sermo::dsp
#endif
