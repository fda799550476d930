#include "sermo/dsp/fftpack_plan.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "sermo/dsp/fft_plan.h"
#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {
namespace {

// exp(2 pi i k / size) for 0 <= k < size, in the way that decides pocketfft's last bits: the
// product of two numbers from short tables, one for the low bits of k and one for the high, the
// second half of the circle mirrored.
class UnitRoots {
 public:
  explicit UnitRoots(size_t size) : size_(size) {
    const size_t count = (size + 2) / 2;
    while ((size_t{1} << low_bits_ << low_bits_) < count) ++low_bits_;
    const size_t num_low = size_t{1} << low_bits_;
    for (size_t i = 0; i < num_low; ++i) low_.push_back(root(i));
    for (size_t i = 0; i < (count + num_low - 1) / num_low; ++i) high_.push_back(root(i * num_low));
  }

  std::complex<double> operator[](size_t k) const {
    const bool second_half = 2 * k > size_;
    if (second_half) k = size_ - k;
    const std::complex<double> a = low_[k & ((size_t{1} << low_bits_) - 1)];
    const std::complex<double> b = high_[k >> low_bits_];
    const double re = a.real() * b.real() - a.imag() * b.imag();
    const double im = a.real() * b.imag() + a.imag() * b.real();
    return {re, second_half ? -im : im};
  }

 private:
  // Sines and cosines of angles within an eighth of the circle; 0 <= k <= size / 2.
  std::complex<double> root(size_t k) const {
    const double eighth = static_cast<double>(0.25L * std::numbers::pi_v<long double> /
                                              static_cast<long double>(size_));
    const size_t x = 8 * k;  // in parts of an eighth of a part of the circle
    const auto cosine = [&](size_t parts) { return std::cos(static_cast<double>(parts) * eighth); };
    const auto sine = [&](size_t parts) { return std::sin(static_cast<double>(parts) * eighth); };
    if (x < size_) return {cosine(x), sine(x)};
    if (x < 2 * size_) return {sine(2 * size_ - x), cosine(2 * size_ - x)};
    if (x < 3 * size_) return {-sine(x - 2 * size_), cosine(x - 2 * size_)};
    return {-cosine(4 * size_ - x), sine(4 * size_ - x)};
  }

  size_t size_;
  size_t low_bits_ = 1;
  std::vector<std::complex<double>> low_, high_;
};

}  // namespace

template <typename T>
size_t FftpackPlan<T>::num_scratch_values() const {
  // Each level of the recursion keeps the input of one group, and the last one its output.
  return (size + 2 * size) * (kFramePadding * sizeof(float) / sizeof(T));
}

template <typename T>
Result<FftpackPlan<T>> make_fftpack_plan(size_t size) {
  if (size < kMinFftSize || size > kMaxFftSize || !std::has_single_bit(size)) {
    return fail(ErrorCode::kUsage,
                fmt::format("FFT size: got {}, wanted a power of two from {} to {}", size,
                            kMinFftSize, kMaxFftSize));
  }
  const UnitRoots roots(size);
  FftpackPlan<T> plan;
  plan.size = size;
  for (size_t l1 = 1; l1 < size; l1 *= plan.passes.back().radix) {
    FftpackPass<T> pass;
    pass.radix = l1 == 1 && std::countr_zero(size) % 2 == 1 ? 2 : 4;
    pass.l1 = l1;
    pass.ido = size / (l1 * pass.radix);
    for (size_t j = 1; j < pass.radix; ++j) {
      for (size_t i = 0; i < pass.ido / 2; ++i) {
        const std::complex<double> root = roots[j * l1 * i];
        pass.twiddles.push_back(static_cast<T>(root.real()));
        pass.twiddles.push_back(static_cast<T>(root.imag()));
      }
    }
    plan.passes.push_back(std::move(pass));
  }
  return plan;
}

template struct FftpackPlan<float>;
template struct FftpackPlan<double>;
template Result<FftpackPlan<float>> make_fftpack_plan<float>(size_t size);
template Result<FftpackPlan<double>> make_fftpack_plan<double>(size_t size);

}  // namespace sermo::dsp
