#include "sermo/dsp/convolution.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "sermo/base/check.h"

namespace sermo::dsp {
namespace {

// Longer kernels are cut into pieces of this length.
constexpr size_t kMaxPiece = kMaxFftSize / 2;

size_t num_blocks(size_t num_out, size_t size, size_t num_taps) {
  const size_t step = size - num_taps + 1;
  return (num_out + step - 1) / step;
}

// The size that takes least work. Frames are transformed in groups; eight stands for any
// processor's, so that the size, and with it the rounding, is the same on all.
size_t best_size(size_t num_out, size_t num_taps) {
  constexpr size_t kGroup = 8;
  size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (size_t size = std::max<size_t>(std::bit_ceil(2 * num_taps), 512); size <= kMaxFftSize;
       size *= 2) {
    const size_t num_frames = num_blocks(num_out, size, num_taps) + 1;
    const size_t padded = (num_frames + kGroup - 1) / kGroup * kGroup;
    const double work = static_cast<double>(padded * size) * std::log2(static_cast<double>(size));
    if (work < least) {
      least = work;
      best = size;
    }
  }
  return best;
}

}  // namespace

const RealFft& Convolver::transform_of(size_t size) {
  const auto known = transforms_.find(size);
  if (known != transforms_.end()) return known->second;
  Result<RealFft> made = RealFft::create(size);
  SERMO_CHECK(made.has_value(), "best_size gives sizes that the transform supports");
  return transforms_.emplace(size, std::move(*made)).first->second;
}

void Convolver::convolve(std::span<const float> signal, std::span<const float> kernel, size_t first,
                         std::span<float> out) {
  SERMO_CHECK(!kernel.empty(), "a kernel has taps");
  std::ranges::fill(out, 0.0f);
  for (size_t at = 0; at < kernel.size() && !out.empty(); at += kMaxPiece) {
    add_piece(signal, kernel.subspan(at, std::min(kMaxPiece, kernel.size() - at)),
              static_cast<ptrdiff_t>(first) - static_cast<ptrdiff_t>(at), out);
  }
}

// Block b gives out[b * step] on; its frame begins num_taps - 1 samples earlier. The kernel is
// transformed as one more frame.
void Convolver::add_piece(std::span<const float> signal, std::span<const float> piece,
                          ptrdiff_t first, std::span<float> out) {
  const size_t num_taps = piece.size();
  const size_t size = best_size(out.size(), num_taps);
  const size_t step = size - num_taps + 1;
  const size_t blocks = num_blocks(out.size(), size, num_taps);
  const RealFft& fft = transform_of(size);
  frames_.resize(size, blocks + 1);
  const auto num_samples = static_cast<ptrdiff_t>(signal.size());
  for (size_t n = 0; n < size; ++n) {
    float* row = frames_.row(n);
    ptrdiff_t from = first + static_cast<ptrdiff_t>(n) - static_cast<ptrdiff_t>(num_taps - 1);
    for (size_t b = 0; b < blocks; ++b, from += static_cast<ptrdiff_t>(step)) {
      row[b] = from >= 0 && from < num_samples ? signal[static_cast<size_t>(from)] : 0.0f;
    }
    row[blocks] = n < num_taps ? piece[n] : 0.0f;
  }
  fft.forward(frames_, spectrum_, workspace_);
  for (size_t k = 0; k < spectrum_.num_bins(); ++k) {
    float* re = spectrum_.re.row(k);
    float* im = spectrum_.im.row(k);
    const float kernel_re = re[blocks];
    const float kernel_im = im[blocks];
    for (size_t b = 0; b < blocks; ++b) {
      const float product = re[b] * kernel_re - im[b] * kernel_im;
      im[b] = re[b] * kernel_im + im[b] * kernel_re;
      re[b] = product;
    }
  }
  fft.inverse(spectrum_, frames_, workspace_);
  for (size_t n = 0; n < step; ++n) {
    const float* row = frames_.row(n + num_taps - 1);
    for (size_t b = 0, to = n; b < blocks && to < out.size(); ++b, to += step) out[to] += row[b];
  }
}

}  // namespace sermo::dsp
