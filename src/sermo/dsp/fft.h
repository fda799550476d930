// The discrete Fourier transform of real frames, many frames at once.
//
// Forward equals numpy.fft.rfft of each frame, inverse equals numpy.fft.irfft, both in float32; the
// error of a bin is about 1e-7 of the frame's largest. A vector lane holds one frame, so the more
// frames a call has, the better (multiples of 16 are best). Vectorised with run-time dispatch; the
// results of one machine do not depend on the number of frames in a call. Sizes: powers of two from
// kMinFftSize to kMaxFftSize. Thread rule: immutable; one FftWorkspace belongs to one thread at a
// time.
#pragma once

#include "sermo/base/result.h"
#include "sermo/dsp/fft_plan.h"
#include "sermo/dsp/fftpack_plan.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

// Scratch memory, reused from call to call and between transforms of any size.
class FftWorkspace {
 public:
  float* scratch_for(const RealFftPlan& plan) {
    floats_.reserve(plan.num_scratch_floats());
    return floats_.data();
  }
  float* scratch_for(const FftpackPlan<float>& plan) {
    floats_.reserve(plan.num_scratch_values());
    return floats_.data();
  }
  double* scratch_for(const FftpackPlan<double>& plan) {
    doubles_.reserve(plan.num_scratch_values());
    return doubles_.data();
  }

 private:
  AlignedArray<float> floats_;
  AlignedArray<double> doubles_;
};

class RealFft {
 public:
  // kUsage for a size that is not supported.
  static Result<RealFft> create(size_t size);

  size_t size() const { return plan_.size; }
  size_t num_bins() const { return plan_.num_bins(); }  // size / 2 + 1

  // frames: [size][num_frames], row n holding sample n of every frame. spectrum: resized to
  // [num_bins][num_frames].
  void forward(const FrameMatrix& frames, Spectrum& spectrum, FftWorkspace& workspace) const;

  // The inverse, scaled so that it undoes forward. The imaginary parts of the first and last bin
  // are taken as zero. frames: resized to [size][num_frames].
  void inverse(const Spectrum& spectrum, FrameMatrix& frames, FftWorkspace& workspace) const;

 private:
  explicit RealFft(RealFftPlan plan) : plan_(std::move(plan)) {}
  RealFftPlan plan_;
};

}  // namespace sermo::dsp
