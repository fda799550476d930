// How fast contours swing: their power in seven bands of modulation frequency.
//
// Equals reference/voice/descriptors.py `modulation`: the mean removed, a Hann window over the
// whole clip, a transform of at least 512 frames (of as many as there are beyond that), the mean
// power in 0.5 to 35 Hz by bands, and the log of it plus 1e-4. Thread rule: a ModulationSpectrum
// belongs to one thread at a time; it keeps its memory.
#pragma once

#include <array>
#include <span>

#include "sermo/dsp/chirp_z.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/features/voice/names.h"

namespace sermo::features {

class ModulationSpectrum {
 public:
  ModulationSpectrum();

  // The contours of several groups, of equal length. Resizes `bands` to [7][all contours].
  void compute(std::span<const dsp::FrameMatrix* const> groups, dsp::FrameMatrix& bands);

 private:
  dsp::RealFft fft_;
  dsp::FftWorkspace workspace_;
  dsp::ChirpZ chirp_;
  dsp::AlignedFloats window_;
  dsp::FrameMatrix series_;  // [frames][contours]
  dsp::Spectrum spectrum_;
};

}  // namespace sermo::features
