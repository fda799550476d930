// A trained model at inference: raw features in, probabilities out.
//
// The scaler is part of the model, so callers never scale. Immutable after construction;
// predict_proba may be called from any number of threads at once.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/model/calibrator.h"

namespace sermo::model {

// What a model expects and what it answers with. Checked at every load and every use.
struct Signature {
  std::string schema_id;            // of the feature schema it was trained on
  size_t num_features = 0;          // D
  std::vector<std::string> labels;  // K class names; probabilities come in this order

  size_t num_labels() const { return labels.size(); }
  bool operator==(const Signature&) const = default;
};

class Classifier {
 public:
  virtual ~Classifier() = default;

  // The kind of model, which names its ONNX writer and reader: "tree_ensemble", "svm", "knn", ...
  virtual std::string_view family() const = 0;
  virtual const Signature& signature() const = 0;

  // The mean of the raw rows that it was trained on, [D]: what a speaker is compared with who is
  // enrolled (speaker_shift.h).
  virtual std::span<const float> training_mean() const = 0;

  // How the probabilities are calibrated, and the same model calibrated otherwise (it shares what
  // was learnt). An impossible calibrator is a bug.
  virtual const Calibrator& calibrator() const = 0;
  virtual std::unique_ptr<Classifier> with_calibrator(const Calibrator& calibrator) const = 0;

  // `features` is [n, D] raw float32; `out` becomes [n, K], rows sum to 1 (within rounding).
  virtual void predict_proba(MatrixView features, Matrix& out) const = 0;
};

// The index of the largest value, ties to the lower index: how every probability row becomes a
// label, in ONNX too.
size_t argmax(std::span<const float> values);

}  // namespace sermo::model
