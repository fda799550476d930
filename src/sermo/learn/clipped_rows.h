// Scaled rows, values beyond a limit drawn in to it. Thread rule: pure.
#pragma once

#include <Eigen/Core>

#include "sermo/base/matrix.h"
#include "sermo/learn/row_products.h"

namespace sermo::learn {

// `clip` 0 leaves values as they are.
inline FloatRows clipped_rows(MatrixView scaled, float clip) {
  FloatRows rows =
      Eigen::Map<const FloatRows>(scaled.data(), static_cast<Eigen::Index>(scaled.num_rows()),
                                  static_cast<Eigen::Index>(scaled.num_cols()));
  if (clip > 0.0f) rows = rows.cwiseMax(-clip).cwiseMin(clip);
  return rows;
}

}  // namespace sermo::learn
