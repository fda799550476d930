// The discrete cosine transform along the rows: log-mel -> MFCC.
//
// Equals scipy.fft.dct(x, type=2, norm='ortho', axis=0)[:num_coefficients] of [num_inputs][frames],
// in float32; librosa.feature.mfcc is this of the log-mel spectrogram. Thread rule: immutable.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class Dct {
 public:
  struct Options {
    size_t num_inputs = 128;
    size_t num_coefficients = 13;  // the first ones; at most num_inputs
  };

  // kUsage when there are no coefficients or more of them than inputs.
  static Result<Dct> create(const Options& options);

  // Resizes `coefficients` to [num_coefficients][frames].
  void apply(const FrameMatrix& input, FrameMatrix& coefficients) const;

 private:
  explicit Dct(const Options& options);

  Options options_;
  std::vector<float> basis_;  // [num_coefficients][num_inputs]
};

}  // namespace sermo::dsp
