// The short-time Fourier transform: samples -> spectrum of overlapping frames.
//
// Equals librosa.stft(y, n_fft=N, hop_length=H, window=..., center=True, pad_mode='constant'):
// frame f is centred on sample f * H, samples outside the clip are zeros, and a clip of n samples
// has 1 + n / H frames. Like librosa, it multiplies by the window and transforms in double unless
// told otherwise, and rounds the result to float32: what lies far below the loudest bins of a frame
// (the valleys of spectral contrast, the stop band of a resampler) keeps its digits.
//
// Results lie as [bins][frames] (frame_matrix.h). Thread rule: immutable; one StftWorkspace belongs
// to one thread at a time.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

enum class Window {
  kHann,         // periodic: 0.5 - 0.5 cos(2 pi n / N)
  kRectangular,  // all ones
};

// The N values of a window.
std::vector<double> make_window(Window window, size_t size);

enum class Precision {
  kSingle,  // twice as fast; a bin errs by about 1e-7 of its frame's largest
  kDouble,  // a bin errs by the rounding of its own value to float32
};

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
    Precision precision = Precision::kDouble;  // of the arithmetic
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

 private:
  // What a transform in T needs.
  template <typename T>
  struct Tables {
    RealFftPlan<T> plan;
    std::vector<T> window;
  };
  template <typename T>
  static Result<Tables<T>> make_tables(const Options& options);

  explicit Stft(const Options& options) : options_(options) {}
  void run(std::span<const float> samples, Spectrum& spectrum, FrameMatrix* magnitude,
           StftWorkspace& workspace) const;

  Options options_;
  Tables<float> single_;   // empty when the precision is double
  Tables<double> double_;  // empty when it is single
};

}  // namespace sermo::dsp
