// Scaled rows in float64, values beyond a limit drawn in to it. Thread rule: pure.
#pragma once

#include <Eigen/Core>

#include "sermo/base/matrix.h"

namespace sermo::learn {

using RowMatrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// `clip` 0 leaves values as they are.
inline RowMatrix clipped_rows(MatrixView scaled, float clip) {
  using Floats = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  RowMatrix rows =
      Eigen::Map<const Floats>(scaled.data(), static_cast<Eigen::Index>(scaled.num_rows()),
                               static_cast<Eigen::Index>(scaled.num_cols()))
          .cast<double>();
  if (clip > 0.0f) rows = rows.cwiseMax(-static_cast<double>(clip)).cwiseMin(clip).eval();
  return rows;
}

}  // namespace sermo::learn
