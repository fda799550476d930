#include "sermo/dsp/padded_clip.h"

#include <algorithm>

namespace sermo::dsp {

void PaddedClip::make_room(size_t num_samples) {
  values_.reserve(num_samples + 2 * kMargin);
  num_samples_ = num_samples;
  std::fill_n(values_.data(), kMargin, 0.0f);
  std::fill_n(values_.data() + kMargin + num_samples, kMargin, 0.0f);
}

void PaddedClip::assign(std::span<const float> samples, float scale) {
  make_room(samples.size());
  float* to = values_.data() + kMargin;
  for (size_t n = 0; n < samples.size(); ++n) to[n] = scale * samples[n];
}

void PaddedClip::assign_emphasised(std::span<const float> samples, float scale, float coefficient) {
  make_room(samples.size());
  if (samples.empty()) return;
  float* to = values_.data() + kMargin;
  to[0] = scale * samples[0];
  for (size_t n = 1; n < samples.size(); ++n) {
    to[n] = scale * (samples[n] - coefficient * samples[n - 1]);
  }
}

}  // namespace sermo::dsp
