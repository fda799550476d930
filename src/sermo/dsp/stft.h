// The short-time Fourier transform: samples -> spectrum of overlapping frames.
//
// Equals librosa.stft(y, n_fft=N, hop_length=H, window=..., center=True, pad_mode='constant') bit
// for bit: frame f is centred on sample f * H, samples outside the clip are zeros, and a clip of n
// samples has 1 + n / H frames. Like librosa, it multiplies by the window and transforms in double,
// in SciPy's order of operations (fftpack-inl.h), and rounds the result to float32. So what lies
// far below the loudest bins of a frame (the valleys of spectral contrast, the background that the
// harmonic part is cut from) keeps its digits, and what only rounding decides (peaks of a flat
// spectrum, the residue of silence) is decided alike.
//
// Results lie as [bins][frames] (frame_matrix.h). Thread rule: immutable; one StftWorkspace belongs
// to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/fftpack_plan.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

enum class Window {
  kHann,         // periodic: 0.5 - 0.5 cos(2 pi n / N)
  kRectangular,  // all ones
};

// The N values of a window.
std::vector<double> make_window(Window window, size_t size);

class StftWorkspace {
 private:
  friend class Stft;
  AlignedFloats hops_;
  FftWorkspace fft_;
};

class Stft {
 public:
  struct Options {
    size_t n_fft = 2048;      // samples a frame: a power of two, see fft.h
    size_t hop_length = 512;  // samples from one frame to the next: even, a divisor of n_fft
    Window window = Window::kHann;
  };

  // kUsage for an n_fft or a hop_length that is not supported.
  static Result<Stft> create(const Options& options);

  size_t num_bins() const { return options_.n_fft / 2 + 1; }
  size_t num_frames(size_t num_samples) const { return 1 + num_samples / options_.hop_length; }
  const Options& options() const { return options_; }

  // Resizes `spectrum` to [num_bins][num_frames(samples.size())].
  void transform(std::span<const float> samples, Spectrum& spectrum,
                 StftWorkspace& workspace) const;

  // The same, with the magnitudes in the same pass, as numpy.abs gives them.
  void transform(std::span<const float> samples, Spectrum& spectrum, FrameMatrix& magnitude,
                 StftWorkspace& workspace) const;

  // The bins first_bin to end_bin - 1 only; row 0 of `spectrum` is first_bin.
  void transform_bins(std::span<const float> samples, size_t first_bin, size_t end_bin,
                      Spectrum& spectrum, StftWorkspace& workspace) const;

 private:
  Stft(const Options& options, FftpackPlan<double> plan);
  void run(std::span<const float> samples, size_t first_bin, Spectrum& spectrum,
           FrameMatrix* magnitude, StftWorkspace& workspace) const;

  Options options_;
  FftpackPlan<double> plan_;
  std::vector<double> window_;
};

}  // namespace sermo::dsp
