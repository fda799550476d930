// One model on its way from a learner to an artifact.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/learn/learner.h"
#include "sermo/model/classifier.h"

namespace sermo::engine {

// Predictions for training clips by a model that had not seen them, and where they come from.
struct HeldOut {
  Matrix probabilities;
  std::vector<size_t> rows;  // of the training part; empty where they are the test clips
  std::vector<int> truth;
  std::string origin;  // empty: there are none
};

struct Candidate {
  std::string name;
  std::string title;
  nlohmann::json hyperparameters;
  std::string fingerprint;                        // of eval/honest.h
  std::shared_ptr<const learn::Learner> learner;  // null for a vote
  std::shared_ptr<const model::Classifier> classifier;
  double fit_seconds = 0.0;
  HeldOut held_out;
  std::vector<nlohmann::json> log;
  std::optional<Error> failure;
};

}  // namespace sermo::engine
