// The power spectrum of short overlapping frames, a few frames at a time.
//
// Equals numpy.abs(numpy.fft.rfft(frame * window, n_fft)) ** 2 + floor of frames that are shorter
// than the transform and padded with zeros behind, in float32: an error of about 1e-7 of a frame's
// largest amplitude. (dsp/stft.h is the transform that follows librosa to the last bit; this one is
// three times as fast.) Thread rule: immutable; one FftWorkspace belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/dsp/fft.h"
#include "sermo/dsp/frame_matrix.h"
#include "sermo/dsp/padded_clip.h"

namespace sermo::dsp {

// numpy.hamming(size) and numpy.hanning(size): symmetric, the last value equals the first.
std::vector<float> symmetric_hamming(size_t size);
std::vector<float> symmetric_hann(size_t size);

class FramePower {
 public:
  struct Options {
    FrameCut cut;
    size_t n_fft = 512;    // at least cut.width; a size of RealFft
    float floor = 1e-10f;  // added to every bin
  };

  // With a symmetric Hamming window. kUsage for sizes that are not supported.
  static Result<FramePower> create(const Options& options);

  const Options& options() const { return options_; }
  size_t num_bins() const { return options_.n_fft / 2 + 1; }

  // Frames `first` to first + num_frames - 1 of the clip; resizes `power` to
  // [num_bins][num_frames].
  void apply(const PaddedClip& clip, size_t first, size_t num_frames, FrameMatrix& power,
             FftWorkspace& workspace) const;

 private:
  FramePower(const Options& options, RealFftPlan plan);

  Options options_;
  RealFftPlan plan_;
  std::vector<float> window_;
};

// What is seen of each frame without a transform: peaks[i] is the largest absolute sample of frame
// first + i and crossings[i] the share of neighbouring samples in it whose signs differ
// (numpy.diff(numpy.signbit(frame)).mean()). Both have room for num_frames rounded up to sixteen.
void waveform_shape(const PaddedClip& clip, const FrameCut& cut, size_t first, size_t num_frames,
                    float* peaks, float* crossings);

}  // namespace sermo::dsp
