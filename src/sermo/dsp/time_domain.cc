#include "sermo/dsp/time_domain.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/time_domain.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef SERMO_DSP_TIME_DOMAIN_ONCE_
#define SERMO_DSP_TIME_DOMAIN_ONCE_
namespace sermo::dsp {

inline bool is_negative(float sample) { return sample < -1e-10f; }

}  // namespace sermo::dsp
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

float sum_of_squares(std::span<const float> samples) {
  const hn::ScalableTag<float> d;
  auto sum = hn::Zero(d);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= samples.size(); i += hn::Lanes(d)) {
    const auto x = hn::LoadU(d, samples.data() + i);
    sum = hn::MulAdd(x, x, sum);
  }
  float total = hn::GetLane(hn::SumOfLanes(d, sum));
  for (; i < samples.size(); ++i) total += samples[i] * samples[i];
  return total;
}

// How many of samples[first], ..., samples[end - 1] differ in sign from the sample before; first is
// at least 1.
size_t count_crossings(std::span<const float> samples, size_t first, size_t end) {
  const hn::ScalableTag<float> d;
  const auto threshold = hn::Set(d, -1e-10f);
  size_t count = 0;
  size_t i = first;
  for (; i + hn::Lanes(d) <= end; i += hn::Lanes(d)) {
    const auto now = hn::Lt(hn::LoadU(d, samples.data() + i), threshold);
    const auto before = hn::Lt(hn::LoadU(d, samples.data() + i - 1), threshold);
    count += hn::CountTrue(d, hn::Xor(now, before));
  }
  for (; i < end; ++i) count += is_negative(samples[i]) != is_negative(samples[i - 1]) ? 1 : 0;
  return count;
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(sum_of_squares);
HWY_EXPORT(count_crossings);

namespace {

size_t hops_per_frame(const Framing& framing) {
  SERMO_CHECK(framing.hop_length > 0 && framing.frame_length % (2 * framing.hop_length) == 0,
              "a frame is an even number of hops");
  const size_t num_hops = framing.frame_length / framing.hop_length;
  SERMO_CHECK(num_hops > 0 && num_hops <= kMaxHopsPerFrame, "a frame has at most 16 hops");
  return num_hops;
}

// row[f] holds the value of hop f; afterwards it holds the sum over the hops of frame f, those from
// f - num_hops / 2 to f + num_hops / 2 - 1.
void add_hops(std::span<float> row, size_t num_hops) {
  std::array<float, kMaxHopsPerFrame> hops{};  // hop h at h % num_hops
  const size_t ahead = num_hops / 2;
  const auto value = [&](size_t h) { return h < row.size() ? row[h] : 0.0f; };
  for (size_t h = 0; h + 1 < ahead; ++h) hops[h % num_hops] = value(h);
  for (size_t f = 0; f < row.size(); ++f) {
    const size_t newest = f + ahead - 1;
    hops[newest % num_hops] = value(newest);
    float sum = 0;
    for (size_t h = 0; h < num_hops; ++h) sum += hops[h];
    row[f] = sum;
  }
}

}  // namespace

void root_mean_square(std::span<const float> samples, FrameMatrix& out, const Framing& framing) {
  const size_t num_hops = hops_per_frame(framing);
  const size_t hop = framing.hop_length;
  out.resize(1, 1 + samples.size() / hop);
  const std::span<float> row(out.row(0), out.num_frames());
  for (size_t f = 0; f < row.size(); ++f) {
    const size_t start = f * hop;
    row[f] = HWY_DYNAMIC_DISPATCH(sum_of_squares)(
        samples.subspan(start, std::min(hop, samples.size() - start)));
  }
  add_hops(row, num_hops);
  for (float& value : row) value = std::sqrt(value / static_cast<float>(framing.frame_length));
}

void zero_crossing_rate(std::span<const float> samples, FrameMatrix& out, const Framing& framing) {
  const size_t num_hops = hops_per_frame(framing);
  const size_t hop = framing.hop_length;
  out.resize(1, 1 + samples.size() / hop);
  const std::span<float> row(out.row(0), out.num_frames());
  for (size_t f = 0; f < row.size(); ++f) {
    const size_t start = f * hop;
    const size_t end = std::min(start + hop, samples.size());
    const size_t first = std::max<size_t>(start, 1);  // nothing comes before the first sample
    row[f] = first >= end
                 ? 0.0f
                 : static_cast<float>(HWY_DYNAMIC_DISPATCH(count_crossings)(samples, first, end));
  }
  add_hops(row, num_hops);
  for (size_t f = 0; f < row.size(); ++f) {
    // The first sample of a frame has none before it in the frame.
    const size_t start = f * hop;
    if (start > framing.frame_length / 2) {
      const size_t i = start - framing.frame_length / 2;
      if (is_negative(samples[i]) != is_negative(samples[i - 1])) row[f] -= 1.0f;
    }
    row[f] /= static_cast<float>(framing.frame_length);
  }
}

}  // namespace sermo::dsp
#endif
