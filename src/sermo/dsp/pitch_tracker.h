// Samples -> fundamental frequency, periodicity and voicing of every frame of a clip.
//
// The autocorrelation of 50 ms frames, corrected by that of the window (Boersma, 1993), gives up to
// six candidates a frame; the best path through them and through "unvoiced" is found by dynamic
// programming (Viterbi) and refined by a parabola. Equals reference/voice/descriptors.py `pitch`
// in float32; where two paths are equally good to within rounding, either may be taken.
// Thread rule: immutable; one PitchWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/padded_clip.h"

namespace sermo::dsp {

// One value a frame.
struct PitchTrack {
  std::vector<float> f0_hz;          // 0 where unvoiced
  std::vector<float> periodicity;    // 0.001 to 0.999: the autocorrelation at the period, or in
                                     // unvoiced frames at the least of the candidates
  std::vector<std::uint8_t> voiced;  // 1 or 0

  size_t num_frames() const { return voiced.size(); }
};

class PitchWorkspace;

class PitchTracker {
 public:
  static constexpr size_t kNumCandidates = 6;

  struct Options {
    double sample_rate_hz = 16000;
    FrameCut cut{160, 800};  // 50 ms every 10 ms, Hann window
    size_t n_fft = 2048;     // at least cut.width + the longest period
    double min_f0_hz = 65;
    double max_f0_hz = 600;
    double unvoiced_score = 0.45;      // what a periodicity is weighed against
    double quiet_below_db = 32;        // frames this far below the loudest are hardly voiced:
    double quiet_penalty = 0.6;        // off the score of their candidates
    double short_lag_bonus = 0.02;     // an octave: higher of equally good candidates
    double octave_cost = 0.6;          // an octave that F0 moves from frame to frame
    double voicing_change_cost = 0.1;  // from voiced to unvoiced or back
  };

  // kUsage for sizes that are not supported or do not fit each other.
  static Result<PitchTracker> create(const Options& options);

  const Options& options() const { return options_; }

  // Resizes every part of `track` to options().cut.num_frames(clip.num_samples()). The costs are
  // meant for clips whose largest sample is about 0.5.
  void track(const PaddedClip& clip, PitchTrack& track, PitchWorkspace& workspace) const;

  // What is computed once from the options.
  struct Tables {
    size_t min_lag = 0;  // samples
    size_t end_lag = 0;
    std::vector<float> window;             // [cut.width]
    std::vector<double> exact_window;      // the same in double
    std::vector<float> correction;         // [end_lag + 1], 1 / the window's own autocorrelation
    std::vector<double> exact_correction;  // the same in double
    std::vector<float> lag_penalty;        // [end_lag]
    std::vector<double> octaves;           // [end_lag], of F0 above 1 Hz
  };

  // A frame's candidates, best first.
  struct Candidates {
    float scores[kNumCandidates];  // -1 where the frame has fewer peaks
    std::uint16_t lags[kNumCandidates];
    float last_correlation = 0;  // at the lag of the last one
    float power = 0;             // mean square, mean removed
  };

 private:
  PitchTracker(const Options& options, RealFftPlan plan);
  void choose_path(PitchWorkspace& workspace) const;

  Options options_;
  RealFftPlan plan_;
  Tables tables_;
};

// Scratch memory, reused from clip to clip.
class PitchWorkspace {
 private:
  friend class PitchTracker;
  FftWorkspace fft_;
  AlignedFloats spectrum_;
  std::vector<PitchTracker::Candidates> candidates_;
  std::vector<std::uint8_t> back_;  // [frames][states]
  std::vector<std::uint8_t> path_;
};

}  // namespace sermo::dsp
