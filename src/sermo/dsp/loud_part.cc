#include "sermo/dsp/loud_part.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sermo/base/check.h"

namespace sermo::dsp {
namespace {

// The sum of squares, by four sums side by side.
double sum_of_squares(std::span<const float> samples) {
  double sums[4] = {0, 0, 0, 0};
  size_t n = 0;
  for (; n + 4 <= samples.size(); n += 4) {
    for (size_t i = 0; i < 4; ++i) {
      const auto x = static_cast<double>(samples[n + i]);
      sums[i] += x * x;
    }
  }
  for (; n < samples.size(); ++n) {
    sums[0] += static_cast<double>(samples[n]) * static_cast<double>(samples[n]);
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// Powers of the frames of a clip, one after the other: every frame is a run of blocks, and each
// block is summed once although neighbouring frames share it.
class FramePowers {
 public:
  FramePowers(std::span<const float> samples, const FrameCut& cut)
      : samples_(samples),
        block_(std::gcd(cut.hop_length, cut.width / 2)),
        blocks_per_hop_(cut.hop_length / block_),
        blocks_per_half_(cut.width / 2 / block_),
        width_(static_cast<double>(cut.width)) {
    SERMO_CHECK(2 * blocks_per_half_ <= kMaxBlocks, "a frame is few blocks");
    for (size_t b = 0; b < blocks_per_half_; ++b) push(b);
  }

  // The mean square of the next frame, zeros outside the clip.
  double next() {
    double sum = 0;
    for (size_t i = 0; i < 2 * blocks_per_half_; ++i) sum += ring_[i];
    for (size_t b = 0; b < blocks_per_hop_; ++b) push(next_block_);
    return sum / width_;
  }

 private:
  static constexpr size_t kMaxBlocks = 64;

  void push(size_t block) {
    const size_t first = std::min(block * block_, samples_.size());
    const size_t end = std::min(first + block_, samples_.size());
    ring_[block % (2 * blocks_per_half_)] = sum_of_squares(samples_.subspan(first, end - first));
    next_block_ = block + 1;
  }

  std::span<const float> samples_;
  size_t block_;
  size_t blocks_per_hop_;
  size_t blocks_per_half_;
  double width_;
  size_t next_block_ = 0;
  double ring_[kMaxBlocks] = {};  // the blocks of the next frame
};

}  // namespace

SampleRange loud_part(std::span<const float> samples, const LoudPartOptions& options) {
  if (samples.empty()) return {};
  constexpr double kFloor = 1e-12;
  const size_t num_frames = options.cut.num_frames(samples.size());
  double loudest = 0;
  FramePowers all(samples, options.cut);
  for (size_t t = 0; t < num_frames; ++t) loudest = std::max(loudest, all.next());
  const double threshold = (loudest + kFloor) * std::pow(10.0, -options.range_db / 10.0);
  size_t first = num_frames;
  size_t last = 0;
  FramePowers again(samples, options.cut);
  for (size_t t = 0; t < num_frames; ++t) {
    if (again.next() + kFloor > threshold) {
      first = std::min(first, t);
      last = t;
    }
  }
  SERMO_CHECK(first <= last, "the loudest frame is loud");
  const size_t before = std::min(first, options.num_hops_before);
  return {(first - before) * options.cut.hop_length,
          std::min(samples.size(), (last + options.num_hops_after) * options.cut.hop_length)};
}

}  // namespace sermo::dsp
