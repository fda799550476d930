// A clip with zeros around it, so that frames which reach over its ends are read as they stand.
//
// Frame t of a width is centred on sample t * hop of the clip, as in librosa with center=True, and
// begins at frame(t, hop, width). Reading is possible from kMargin samples before the clip to
// kMargin samples after its end. Thread rule: a plain value.
#pragma once

#include <cstddef>
#include <span>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {

class PaddedClip {
 public:
  // Enough for frames of 1,024 samples, and for a vector of sixteen frames, 240 samples apart, that
  // has only its first frame within the clip.
  static constexpr size_t kMargin = 4608;

  // The samples, each multiplied by `scale`. Keeps its memory where it suffices.
  void assign(std::span<const float> samples, float scale);

  // The same with high frequencies emphasised: x[n] - coefficient * x[n - 1]; x[0] stays.
  void assign_emphasised(std::span<const float> samples, float scale, float coefficient);

  size_t num_samples() const { return num_samples_; }
  std::span<const float> samples() const { return {values_.data() + kMargin, num_samples_}; }
  const float* frame(size_t t, size_t hop_length, size_t width) const {
    return values_.data() + kMargin + t * hop_length - width / 2;
  }

 private:
  void make_room(size_t num_samples);

  AlignedFloats values_;
  size_t num_samples_ = 0;
};

// How overlapping frames are cut from a clip.
struct FrameCut {
  size_t hop_length = 160;  // samples from one frame to the next; at most 240
  size_t width = 400;       // samples a frame; even, at most 1,024

  size_t num_frames(size_t num_samples) const { return 1 + num_samples / hop_length; }
};

}  // namespace sermo::dsp
