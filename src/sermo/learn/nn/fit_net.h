// The loop that trains a net: epochs, validation, stopping, keeping the best weights.
//
// The same rows, recipe and seed give the same weights, bit for bit, on one machine, whatever else
// runs beside. Thread rule: pure; fits may run side by side.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/learn/nn/batches.h"
#include "sermo/learn/nn/recipe.h"
#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

// One line of the training log.
struct EpochRecord {
  int epoch = 0;  // from 1
  int max_epochs = 0;
  double learning_rate = 0.0;        // of its last step
  double loss = 0.0;                 // mean over its batches, as trained (dropout, mixing, noise)
  double accuracy = 0.0;             // likewise
  double validation_loss = 0.0;      // of the validation rows; 0 where there are none
  double validation_accuracy = 0.0;  // likewise
  bool is_best = false;              // so far: these weights are kept
  double seconds = 0.0;              // since the fit began
  double seconds_left = 0.0;         // if all epochs are run
};

struct FittedNet {
  model::nn::AlignedFloats weights;  // of the best epoch; of the last without validation rows
  int best_epoch = 0;
  int num_epochs = 0;  // run
};

struct FitNetRequest {
  const model::nn::Plan& plan;
  const Recipe& recipe;
  NetRows train;
  NetRows validation = {};  // without rows: all epochs are run; weights are not looked at
  uint64_t seed = 42;
  std::stop_token cancel = {};                            // polled at every step
  std::function<void(const EpochRecord&)> on_epoch = {};  // may be empty
};

// kTooShort for no training rows, kCancelled, kNotFinite when the loss grows beyond all numbers.
Result<FittedNet> fit_net(const FitNetRequest& request);

}  // namespace sermo::learn::nn
