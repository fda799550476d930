#include "sermo/dsp/fftpack_plan.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <numbers>

#include "sermo/dsp/fft_plan.h"

namespace sermo::dsp {

Result<FftpackPlan> make_fftpack_plan(size_t size) {
  if (size < kMinFftSize || size > kMaxFftSize || !std::has_single_bit(size)) {
    return fail(ErrorCode::kUsage,
                fmt::format("FFT size: got {}, wanted a power of two from {} to {}", size,
                            kMinFftSize, kMaxFftSize));
  }
  FftpackPlan plan;
  plan.size = size;
  for (size_t l1 = 1; l1 < size; l1 *= plan.passes.back().radix) {
    FftpackPass pass;
    pass.radix = l1 == 1 && std::countr_zero(size) % 2 == 1 ? 2 : 4;
    pass.l1 = l1;
    pass.ido = size / (l1 * pass.radix);
    for (size_t j = 1; j < pass.radix; ++j) {
      for (size_t i = 0; i < pass.ido / 2; ++i) {
        const double angle =
            2.0 * std::numbers::pi * static_cast<double>(j * l1 * i) / static_cast<double>(size);
        pass.twiddles.push_back(static_cast<float>(std::cos(angle)));
        pass.twiddles.push_back(static_cast<float>(std::sin(angle)));
      }
    }
    plan.passes.push_back(std::move(pass));
  }
  return plan;
}

}  // namespace sermo::dsp
