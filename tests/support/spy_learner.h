// A learner that remembers which rows it was given, for tests of who learns from what.
//
// Rows are known by their first feature: a whole number for a recording, a fraction more for a copy
// of it.
#pragma once

#include <cmath>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "sermo/learn/learner.h"

namespace sermo::testing {

class SpyLearner final : public learn::Learner {
 public:
  struct Seen {
    std::multiset<float> learnt;
    std::multiset<float> watched;
    float scaler_offset = 0.0f;  // of the first feature; 0 without a scaler
  };

  SpyLearner(std::shared_ptr<const learn::Learner> inner, bool stops_early)
      : inner_(std::move(inner)), stops_early_(stops_early) {}

  std::string_view name() const override { return stops_early_ ? "watching_spy" : "spy"; }
  std::string_view title() const override { return "A spy"; }
  nlohmann::json hyperparameters() const override { return nlohmann::json::object(); }
  bool stops_early() const override { return stops_early_; }

  Result<std::unique_ptr<model::Classifier>> fit(const learn::FitRequest& request) const override {
    Seen seen{ids(request.train.features), ids(request.validation.features),
              request.scaler ? request.scaler->offset()[0] : 0.0f};
    {
      const std::lock_guard lock(mutex_);
      fits_.push_back(std::move(seen));
    }
    return inner_->fit(request);
  }

  const std::vector<Seen>& fits() const { return fits_; }

 private:
  static std::multiset<float> ids(MatrixView rows) {
    std::multiset<float> all;
    for (size_t r = 0; r < rows.num_rows(); ++r) all.insert(rows(r, 0));
    return all;
  }

  std::shared_ptr<const learn::Learner> inner_;
  bool stops_early_;
  mutable std::mutex mutex_;
  mutable std::vector<Seen> fits_;
};

// What is wrong with a fit where every recording has `num_copies` copies; empty where nothing is:
// each recording that was learnt from brings all its copies, no other copies are there, and what
// was watched is recordings that were not learnt from.
inline std::string what_is_wrong(const SpyLearner::Seen& seen, size_t num_copies) {
  std::set<float> recordings;
  std::multiset<float> copies;
  for (const float id : seen.learnt) {
    if (id == std::floor(id)) {
      if (!recordings.insert(id).second) return "a recording twice";
    } else {
      copies.insert(std::floor(id));
    }
  }
  for (const float id : recordings) {
    if (copies.count(id) != num_copies) return "not all copies of " + std::to_string(id);
  }
  if (copies.size() != num_copies * recordings.size()) return "copies of others";
  for (const float id : seen.watched) {
    if (id != std::floor(id)) return "a copy is watched";
    if (recordings.contains(id)) return "a watched recording was learnt from";
  }
  return "";
}

}  // namespace sermo::testing
