#include "sermo/dsp/dct.h"

#include <cmath>
#include <numbers>
#include <string>

#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/dsp/dct.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::dsp::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// Several sums at a time hide the latency of each.
template <size_t kSums>
HWY_INLINE void add_products(const float* basis, size_t num_inputs, const FrameMatrix& input,
                             size_t f, size_t first, FrameMatrix& out) {
  const hn::CappedTag<float, kFramePadding> d;
  using V = hn::Vec<decltype(d)>;
  V sums[kSums];
  for (size_t c = 0; c < kSums; ++c) sums[c] = hn::Zero(d);
  for (size_t n = 0; n < num_inputs; ++n) {
    const V value = hn::Load(d, input.row(n) + f);
    for (size_t c = 0; c < kSums; ++c) {
      sums[c] = hn::MulAdd(hn::Set(d, basis[(first + c) * num_inputs + n]), value, sums[c]);
    }
  }
  for (size_t c = 0; c < kSums; ++c) hn::Store(sums[c], d, out.row(first + c) + f);
}

void apply_basis(const std::vector<float>& basis, const FrameMatrix& input, FrameMatrix& out) {
  const hn::CappedTag<float, kFramePadding> d;
  const size_t num_inputs = input.num_rows();
  for (size_t f = 0; f < input.num_frames(); f += hn::Lanes(d)) {
    size_t c = 0;
    for (; c + 4 <= out.num_rows(); c += 4) {
      add_products<4>(basis.data(), num_inputs, input, f, c, out);
    }
    for (; c < out.num_rows(); ++c) add_products<1>(basis.data(), num_inputs, input, f, c, out);
  }
}

}  // namespace sermo::dsp::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::dsp {
HWY_EXPORT(apply_basis);

Result<Dct> Dct::create(const Options& options) {
  if (options.num_coefficients == 0 || options.num_coefficients > options.num_inputs) {
    return fail(ErrorCode::kUsage, "cosine transform: got " +
                                       std::to_string(options.num_coefficients) +
                                       " coefficients of " + std::to_string(options.num_inputs) +
                                       " inputs, wanted 1 up to the number of inputs");
  }
  return Dct(options);
}

Dct::Dct(const Options& options) : options_(options) {
  const auto n = static_cast<double>(options.num_inputs);
  basis_.reserve(options.num_coefficients * options.num_inputs);
  for (size_t k = 0; k < options.num_coefficients; ++k) {
    const double scale = std::sqrt((k == 0 ? 1.0 : 2.0) / n);
    for (size_t i = 0; i < options.num_inputs; ++i) {
      const double angle =
          std::numbers::pi * static_cast<double>(k) * (static_cast<double>(i) + 0.5) / n;
      basis_.push_back(static_cast<float>(scale * std::cos(angle)));
    }
  }
}

void Dct::apply(const FrameMatrix& input, FrameMatrix& coefficients) const {
  SERMO_CHECK(input.num_rows() == options_.num_inputs, "the input has the transform's rows");
  coefficients.resize(options_.num_coefficients, input.num_frames());
  HWY_DYNAMIC_DISPATCH(apply_basis)(basis_, input, coefficients);
}

}  // namespace sermo::dsp
#endif
