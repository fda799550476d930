// The inverse short-time Fourier transform: spectrum of overlapping frames -> samples.
//
// Equals librosa.istft(stft_matrix, n_fft=N, hop_length=H, window=..., center=True, length=n): each
// frame is transformed back and windowed again, frames are added where they overlap, and each
// sample is divided by the sum of the squared windows over it. For an unchanged spectrum of Stft
// (stft.h) that gives the samples back. Arithmetic is float32. Thread rule: immutable; one
// InverseStftWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/stft.h"

namespace sermo::dsp {

class InverseStftWorkspace {
 private:
  friend class InverseStft;
  AlignedFloats hops_;
  FftWorkspace fft_;
};

class InverseStft {
 public:
  // kUsage as for Stft, and for a hop_length that is no multiple of 4 or above half a frame.
  static Result<InverseStft> create(const Stft::Options& options);

  size_t num_bins() const { return plan_.num_bins(); }

  // spectrum: [num_bins][1 + num_samples / hop_length]. samples: resized to num_samples.
  void transform(const Spectrum& spectrum, size_t num_samples, std::vector<float>& samples,
                 InverseStftWorkspace& workspace) const;

  // The same for the spectrum times `mask`, bin by bin and frame by frame.
  void transform(const Spectrum& spectrum, const FrameMatrix& mask, size_t num_samples,
                 std::vector<float>& samples, InverseStftWorkspace& workspace) const;

 private:
  InverseStft(const Stft::Options& options, RealFftPlan<float> plan);
  void run(const Spectrum& spectrum, const FrameMatrix* mask, size_t num_samples,
           std::vector<float>& samples, InverseStftWorkspace& workspace) const;
  float gain(size_t position_in_hop, size_t first_hop, size_t end_hop) const;

  Stft::Options options_;
  RealFftPlan<float> plan_;
  std::vector<float> scaled_window_;  // the window over half the frame length, as the FFT wants it
  std::vector<double> squared_window_;
  std::vector<float> full_gain_;  // one over the sum of squares where as many frames as can overlap
};

}  // namespace sermo::dsp
