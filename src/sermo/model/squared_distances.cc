#include "sermo/model/squared_distances.h"

#include <algorithm>

#include "sermo/base/check.h"
#include "sermo/dsp/simd.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "sermo/model/squared_distances.cc"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#ifndef SERMO_MODEL_SQUARED_DISTANCES_ONCE_
#define SERMO_MODEL_SQUARED_DISTANCES_ONCE_
namespace sermo::model {

inline constexpr size_t kPanelRows = 16;
inline constexpr size_t kTogether = 3;  // rows asked for: their sums just fit AVX2's registers

}  // namespace sermo::model
#endif

HWY_BEFORE_NAMESPACE();
namespace sermo::model::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using D = hn::CappedTag<double, kPanelRows>;
using V = hn::Vec<D>;

// The distances of kCount rows (`x`, num_cols apart) to the rows of a panel, kPanelRows each.
template <size_t kCount>
HWY_INLINE void panel_distances(const float* panel, size_t num_cols, const float* x,
                                double* distances) {
  const D d;
  const hn::Rebind<float, D> d_float;
  constexpr size_t kVectors = kPanelRows / hn::MaxLanes(D());
  V sums[kCount][kVectors];
  for (auto& of_row : sums) {
    for (V& sum : of_row) sum = hn::Zero(d);
  }
  for (size_t c = 0; c < num_cols; ++c, panel += kPanelRows) {
    for (size_t v = 0; v < kVectors; ++v) {
      const V values = hn::PromoteTo(d, hn::LoadU(d_float, panel + v * hn::Lanes(d)));
      for (size_t i = 0; i < kCount; ++i) {
        const V difference = hn::Sub(values, hn::Set(d, static_cast<double>(x[i * num_cols + c])));
        sums[i][v] = hn::MulAdd(difference, difference, sums[i][v]);
      }
    }
  }
  for (size_t i = 0; i < kCount; ++i) {
    for (size_t v = 0; v < kVectors; ++v)
      hn::StoreU(sums[i][v], d, distances + i * kPanelRows + v * hn::Lanes(d));
  }
}

void distances_to_panel(const float* panel, size_t num_cols, const float* x, size_t count,
                        double* distances) {
  if (count == kTogether) {
    panel_distances<kTogether>(panel, num_cols, x, distances);
    return;
  }
  for (size_t i = 0; i < count; ++i)
    panel_distances<1>(panel, num_cols, x + i * num_cols, distances + i * kPanelRows);
}

}  // namespace sermo::model::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace sermo::model {
HWY_EXPORT(distances_to_panel);

SquaredDistances::SquaredDistances(MatrixView rows)
    : num_rows_(rows.num_rows()), num_cols_(rows.num_cols()) {
  const size_t num_panels = (num_rows_ + kPanelRows - 1) / kPanelRows;
  panels_.resize(num_panels * num_cols_ * kPanelRows);
  for (size_t r = 0; r < num_rows_; ++r) {
    float* to = panels_.data() + r / kPanelRows * num_cols_ * kPanelRows + r % kPanelRows;
    for (const float value : rows.row(r)) {
      *to = value;
      to += kPanelRows;
    }
  }
}

float SquaredDistances::at(size_t row, size_t col) const {
  return panels_[(row / kPanelRows * num_cols_ + col) * kPanelRows + row % kPanelRows];
}

Matrix SquaredDistances::rows() const {
  Matrix out(num_rows_, num_cols_);
  for (size_t r = 0; r < num_rows_; ++r) {
    for (size_t c = 0; c < num_cols_; ++c) out(r, c) = at(r, c);
  }
  return out;
}

void SquaredDistances::from(std::span<const float> x, std::span<double> out) const {
  from(MatrixView(x.data(), 1, x.size()), out);
}

void SquaredDistances::from(MatrixView x, std::span<double> out) const {
  SERMO_CHECK(x.num_cols() == num_cols_ && out.size() == x.num_rows() * num_rows_,
              "a column each, a distance a pair");
  double distances[kTogether * kPanelRows];
  for (size_t at = 0; at < x.num_rows(); at += kTogether) {
    const size_t count = std::min(kTogether, x.num_rows() - at);
    for (size_t r = 0; r < num_rows_; r += kPanelRows) {
      HWY_DYNAMIC_DISPATCH(distances_to_panel)
      (panels_.data() + r * num_cols_, num_cols_, x.row(at).data(), count, distances);
      const size_t rows = std::min(kPanelRows, num_rows_ - r);
      for (size_t i = 0; i < count; ++i)
        std::copy_n(distances + i * kPanelRows, rows, out.data() + (at + i) * num_rows_ + r);
    }
  }
}

}  // namespace sermo::model
#endif
