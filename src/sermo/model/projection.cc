#include "sermo/model/projection.h"

#include <algorithm>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/model/projection.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace sermo::model::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::ScalableTag<double>;

// sums[0..count) += x * direction[0..count)
void add_scaled(double x, const float* direction, size_t count, double* sums) {
  const D d;
  const hn::Rebind<float, D> d_float;
  const auto factor = hn::Set(d, x);
  size_t i = 0;
  for (; i + hn::Lanes(d) <= count; i += hn::Lanes(d)) {
    const auto values = hn::PromoteTo(d, hn::LoadU(d_float, direction + i));
    hn::StoreU(hn::MulAdd(factor, values, hn::LoadU(d, sums + i)), d, sums + i);
  }
  for (; i < count; ++i) sums[i] += x * static_cast<double>(direction[i]);
}

// The sums of one row, zeroed first.
void project(const float* x, size_t num_cols, const float* directions, size_t count, double* sums) {
  std::fill_n(sums, count, 0.0);
  for (size_t c = 0; c < num_cols; ++c)
    add_scaled(static_cast<double>(x[c]), directions + c * count, count, sums);
}

}  // namespace sermo::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::model {
HWY_EXPORT(project);

void Projection::apply(MatrixView x, Matrix& out) const {
  if (is_identity()) {
    out.resize(x.num_rows(), x.num_cols());
    std::copy_n(x.data(), out.values().size(), out.data());
    return;
  }
  SERMO_CHECK(x.num_cols() == directions_.num_rows(), "a value a column of the table");
  const size_t count = directions_.num_cols();
  out.resize(x.num_rows(), count);
  std::vector<double> sums(count);
  for (size_t r = 0; r < x.num_rows(); ++r) {
    HWY_DYNAMIC_DISPATCH(project)
    (x.row(r).data(), x.num_cols(), directions_.data(), count, sums.data());
    std::ranges::transform(sums, out.row(r).data(),
                           [](double sum) { return static_cast<float>(sum); });
  }
}

}  // namespace sermo::model
#endif
