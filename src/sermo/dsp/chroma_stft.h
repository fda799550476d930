// The chromagram of a power spectrogram: how strong each of the twelve pitch classes is.
//
// Equals librosa.feature.chroma_stft(S=power, sr=..., tuning=tuning): the filter bank
// (chroma_filterbank.h) for that tuning applied to each frame, then each frame divided by its
// largest value, unless that is below the smallest normal float. With the tuning of TuningEstimator
// for the same power spectrogram it is what librosa gives when it is left to find the tuning.
// Thread rule: immutable; one ChromaStftWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>

#include "sermo/base/result.h"
#include "sermo/dsp/chroma_filterbank.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class ChromaStftWorkspace {
 private:
  friend class ChromaStft;
  AlignedFloats weights_;
};

class ChromaStft {
 public:
  // kUsage as for ChromaFilterbank.
  static Result<ChromaStft> create(const ChromaFilterbank::Options& options);

  // power: squared magnitudes, [n_fft / 2 + 1][frames]. tuning: in semitones. chroma: resized to
  // [kNumChroma][frames], values in [0, 1].
  void compute(const FrameMatrix& power, double tuning, FrameMatrix& chroma,
               ChromaStftWorkspace& workspace) const;

 private:
  explicit ChromaStft(ChromaFilterbank filterbank) : filterbank_(std::move(filterbank)) {}

  ChromaFilterbank filterbank_;
};

}  // namespace sermo::dsp
