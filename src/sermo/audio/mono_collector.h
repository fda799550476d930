// Gathers decoded blocks of interleaved samples as one mono signal.
//
// Channels are averaged in float32 exactly as numpy's mean over the channel axis, which is what
// librosa.to_mono does: summed in order (eight channels in pairs), then divided by their number.
// It is also the one place where rates, channels and duration are limited and where NaN and
// infinity are found, whichever library decoded the block. Thread rule: an object belongs to one
// thread.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "sermo/audio/decode.h"
#include "sermo/base/result.h"

namespace sermo::audio {

class MonoCollector {
 public:
  // kUnsupported for channels or rates outside the limits of decode.h.
  static Result<MonoCollector> create(const AudioFormat& format, const DecodeOptions& options);

  // A hint, never trusted: takes memory for a million samples at most.
  void expect(size_t num_samples);

  // Appends `num_frames` x num_channels values. kTooLong, kNotFinite; after a failure the object is
  // done with.
  Result<void> add(const float* interleaved, size_t num_frames);

  size_t num_samples() const { return samples_.size(); }
  std::vector<float> take() && { return std::move(samples_); }

 private:
  MonoCollector(const AudioFormat& format, const DecodeOptions& options);

  std::vector<float> samples_;
  int num_channels_;
  int sample_rate_hz_;
  double max_duration_s_;
  size_t max_samples_;
};

}  // namespace sermo::audio
