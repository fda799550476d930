// A learner turns a labelled table into a classifier.
//
// Learners are immutable values in an explicit list (registry.h); adding one is one folder, one
// line there and one page in docs/models. fit() is const and may run side by side with other fits;
// the same request gives the same model, byte for byte, whatever the number of threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/learn/usual_schemas.h"
#include "sermo/model/classifier.h"
#include "sermo/model/scaler.h"

namespace sermo::learn {

enum class ClassWeight {
  kNone,
  kBalanced,  // weight of class k = N / (K * count_k), scikit-learn's
              // compute_class_weight("balanced")
};

// Rows to learn from. Views: the caller keeps the numbers alive during the fit.
struct Examples {
  MatrixView features;            // [N, D], raw
  std::span<const int> labels;    // [N], index into Signature::labels
  std::span<const int> speakers;  // [N], -1 unknown; empty where nobody asked
};

struct FitProgress {
  double fraction = 0.0;  // of the work of this fit, 0 to 1
  std::string note;       // e.g. "epoch 12 of 50, loss 0.81"
};

struct FitRequest {
  Examples train;
  Examples validation;  // may be empty; only what stops early looks at it
  // What scales the features; empty: fitted on the training rows. Models that shall be voted
  // together share one.
  std::optional<model::Scaler> scaler;
  model::Signature signature;  // labels, schema and D of the model to be
  ClassWeight class_weight = ClassWeight::kNone;
  uint64_t seed = 42;
  int num_threads = 1;     // at most this many; results do not depend on it
  int max_epochs = 0;      // of what trains in epochs; 0: as many as its recipe says
  std::stop_token cancel;  // polled; a cancelled fit gives kCancelled
  std::function<void(const FitProgress&)> progress;  // may be empty; called from the fitting thread
  // Likewise: one object an epoch from what trains in epochs, the lines of its training log.
  std::function<void(const nlohmann::json&)> log;
};

class Learner {
 public:
  virtual ~Learner() = default;

  virtual std::string_view name() const = 0;  // "rf": what users type, and the artifact's file name
  virtual std::string_view title() const = 0;  // "Random forest"
  virtual nlohmann::json hyperparameters() const = 0;

  // The name of the feature schema that it is trained on where nobody chooses one.
  virtual std::string_view usual_schema() const { return kOriginalSchema; }

  // Whether it watches validation rows while it learns; if so, give it some.
  virtual bool stops_early() const { return false; }

  // kMismatch (shapes, labels out of range), kTooShort (fewer rows or classes than the method
  // needs), kNotFinite, kCancelled.
  virtual Result<std::unique_ptr<model::Classifier>> fit(const FitRequest& request) const = 0;
};

}  // namespace sermo::learn
