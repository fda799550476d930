// The part of a model that differs from family to family: scaled features in, probabilities out.
//
// A Core knows numbers of features and classes, not their names; Pipeline (pipeline.h) puts scaler,
// calibration and labels around it. Immutable; predict_proba may be called from any number of
// threads at once.
#pragma once

#include <string_view>

#include "sermo/base/matrix.h"

namespace sermo::model {

class Core {
 public:
  virtual ~Core() = default;

  // Names the ONNX writer and reader: "tree_ensemble", "svm", "knn", ...
  virtual std::string_view family() const = 0;
  virtual size_t num_features() const = 0;
  virtual size_t num_labels() const = 0;

  // `scaled` is [n, D]; `out` becomes [n, K], rows sum to 1 (within rounding).
  virtual void predict_proba(MatrixView scaled, Matrix& out) const = 0;
};

}  // namespace sermo::model
