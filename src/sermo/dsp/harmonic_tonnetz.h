// The tonal centroids of a clip's harmonic part: everything from its STFT to tonnetz in one call.
//
// Equals librosa.feature.tonnetz(y=librosa.effects.harmonic(y), sr=...), whose steps are: the
// harmonic part (hpss.h), the inverse STFT (istft.h), the tuning of what is left in thirds of a
// semitone (tuning.h, from magnitudes), its constant-Q transform (constant_q.h), chroma
// (chroma_cqt.h) and centroids (tonal_centroid.h). What each step gave stays in the workspace.
// Thread rule: immutable; one HarmonicTonnetzWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/constant_q.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/hpss.h"
#include "sermo/dsp/istft.h"
#include "sermo/dsp/stft.h"
#include "sermo/dsp/tuning.h"

namespace sermo::dsp {

struct HarmonicTonnetzWorkspace {
  // Results of the last call.
  std::vector<float> harmonic;  // samples
  double tuning = 0.0;          // of the harmonic samples, in thirds of a semitone
  FrameMatrix constant_q;       // [252][frames], magnitudes
  FrameMatrix chroma;           // [12][frames]

  // Scratch memory.
  HpssWorkspace hpss;
  InverseStftWorkspace inverse_stft;
  StftWorkspace stft;
  Spectrum spectrum;      // of the harmonic part
  FrameMatrix magnitude;  // of the harmonic samples
  TuningWorkspace tuning_workspace;
  ConstantQWorkspace constant_q_workspace;
};

class HarmonicTonnetz {
 public:
  struct Options {
    double sample_rate_hz = 22050.0;
    Stft::Options stft;  // of the spectrum that is given, and of the one that tuning is found in
  };

  // kUsage for options that the steps refuse, or a hop length other than the constant-Q transform
  // can have.
  static Result<HarmonicTonnetz> create(const Options& options);

  // spectrum, magnitude: the clip's STFT with the options' frames, of `num_samples` samples.
  // tonnetz: resized to [kNumTonalCentroids][frames].
  void compute(const Spectrum& spectrum, const FrameMatrix& magnitude, size_t num_samples,
               FrameMatrix& tonnetz, HarmonicTonnetzWorkspace& workspace) const;

 private:
  HarmonicTonnetz(Stft stft, InverseStft inverse_stft, TuningEstimator tuning, ConstantQ constant_q)
      : stft_(std::move(stft)),
        inverse_stft_(std::move(inverse_stft)),
        tuning_(std::move(tuning)),
        constant_q_(std::move(constant_q)) {}

  Stft stft_;
  InverseStft inverse_stft_;
  TuningEstimator tuning_;
  ConstantQ constant_q_;
};

}  // namespace sermo::dsp
