#include "sermo/dsp/fft_plan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <string>

#include "sermo/dsp/frame_matrix.h"

namespace sermo::dsp {
namespace {

// exp(-2 pi i k / n), exact at the multiples of a quarter turn.
void push_twiddle(std::vector<float>& table, size_t k, size_t n, double scale = 1.0) {
  const size_t quarters = 4 * (k % n);
  double re;
  double im;
  if (quarters % n == 0) {
    constexpr double kCosines[] = {1, 0, -1, 0};
    constexpr double kSines[] = {0, -1, 0, 1};
    re = kCosines[quarters / n];
    im = kSines[quarters / n];
  } else {
    const double angle =
        -2.0 * std::numbers::pi * static_cast<double>(k % n) / static_cast<double>(n);
    re = std::cos(angle);
    im = std::sin(angle);
  }
  table.push_back(static_cast<float>(re * scale));
  table.push_back(static_cast<float>(im * scale));
}

// exp(-2 pi i p j / n) for p < num_p and 1 <= j < radix.
std::vector<float> pass_twiddles(size_t n, size_t num_p, size_t radix) {
  std::vector<float> table;
  table.reserve(num_p * (radix - 1) * 2);
  for (size_t p = 0; p < num_p; ++p) {
    for (size_t j = 1; j < radix; ++j) push_twiddle(table, p * j, n);
  }
  return table;
}

ShortFftPlan make_short_plan(size_t size) {
  struct Radices {
    size_t first, middle, last;
  };
  constexpr Radices kRadices[] = {{2, 0, 2}, {4, 0, 2}, {4, 0, 4}, {8, 0, 4}, {8, 0, 8}, {8, 4, 4}};
  const int log2_size = std::countr_zero(size);
  SERMO_CHECK(log2_size >= 2 && log2_size <= 7, "a short transform has 4 to 128 points");
  const Radices radices = kRadices[log2_size - 2];
  ShortFftPlan plan;
  plan.size = size;
  plan.first_radix = radices.first;
  plan.middle_radix = radices.middle;
  plan.last_radix = radices.last;
  plan.first_twiddles = pass_twiddles(size, size / radices.first, radices.first);
  if (radices.middle != 0) {
    plan.middle_twiddles = pass_twiddles(size / radices.first, radices.last, radices.middle);
  }
  return plan;
}

}  // namespace

size_t RealFftPlan::num_scratch_floats() const {
  const size_t crossing = columns.size * (rows.size + 1);
  const size_t buffers = 4 * std::max(columns.size, rows.size);
  return (crossing + buffers) * 2 * kFramePadding;
}

Result<RealFftPlan> make_real_fft_plan(size_t size) {
  if (!std::has_single_bit(size) || size < kMinFftSize || size > kMaxFftSize) {
    return fail(ErrorCode::kUsage,
                "FFT size: got " + std::to_string(size) + ", wanted a power of two from " +
                    std::to_string(kMinFftSize) + " to " + std::to_string(kMaxFftSize));
  }
  RealFftPlan plan;
  plan.size = size;
  plan.half = size / 2;
  const size_t num_columns = size_t{1} << (std::countr_zero(plan.half) / 2);
  plan.columns = make_short_plan(num_columns);
  plan.rows = make_short_plan(plan.half / num_columns);
  plan.cross_twiddles.reserve(plan.half * 2);
  for (size_t n = 0; n < plan.rows.size; ++n) {
    for (size_t k = 0; k < plan.columns.size; ++k) {
      push_twiddle(plan.cross_twiddles, n * k, plan.half);
    }
  }
  plan.real_twiddles.reserve(plan.half + 2);
  for (size_t k = 0; k <= plan.half / 2; ++k) push_twiddle(plan.real_twiddles, k, size, 0.5);
  return plan;
}

}  // namespace sermo::dsp
