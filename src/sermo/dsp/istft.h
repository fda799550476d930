// The inverse short-time Fourier transform: spectrum of overlapping frames -> samples.
//
// Equals librosa.istft(stft_matrix, n_fft=N, hop_length=H, window=..., center=True, length=n) bit
// for bit: each frame is transformed back in float32, in SciPy's order of operations
// (fftpack-inl.h), and windowed again, frames are added up where they overlap, the earliest first,
// and each sample is divided by the sum of the squared windows over it. For an unchanged spectrum
// of Stft (stft.h) that gives the samples back.
//
// The last bits matter where a signal fades to nothing: what follows (resampling, chroma) magnifies
// the rounding of the quietest samples. Thread rule: immutable; one InverseStftWorkspace belongs to
// one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fftpack_plan.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {

class InverseStftWorkspace {
 private:
  friend class InverseStft;
  AlignedFloats hops_;
  AlignedFloats fft_;
};

class InverseStft {
 public:
  // kUsage as for Stft, and for a hop_length that is no multiple of 4 or above half a frame.
  static Result<InverseStft> create(const Stft::Options& options);

  size_t num_bins() const { return options_.n_fft / 2 + 1; }

  // spectrum: [num_bins][1 + num_samples / hop_length]. samples: resized to num_samples.
  void transform(const Spectrum& spectrum, size_t num_samples, std::vector<float>& samples,
                 InverseStftWorkspace& workspace) const;

 private:
  InverseStft(const Stft::Options& options, FftpackPlan<float> plan);
  float window_energy(size_t position_in_hop, size_t first_hop, size_t end_hop) const;

  Stft::Options options_;
  FftpackPlan<float> plan_;
  std::vector<double> window_;
  std::vector<double> scaled_window_;  // over the frame length, which the transform leaves out
  std::vector<float> full_energy_;     // where as many frames overlap as can
};

}  // namespace sermo::dsp
