// Nets as learners: an architecture and the recipe it is trained by.
//
// Where the request has validation rows, they decide when to stop and which epoch's weights are
// kept; otherwise all epochs are run. A class weight multiplies the loss of each row. Each fit runs
// on one thread; fits side by side do not disturb each other. Thread rule: immutable.
#pragma once

#include <memory>
#include <string>

#include "sermo/learn/nn/recipe.h"
#include "sermo/learn/scaled_learner.h"
#include "sermo/model/nn/graph.h"

namespace sermo::learn::nn {

struct NetOptions {
  std::string name;
  std::string title;
  model::nn::Graph (*architecture)(size_t num_labels) = nullptr;
  Recipe recipe;
};

NetOptions mlp_options();       // "mlp"
NetOptions cnn1d_options();     // "cnn1d"
NetOptions lstm_options();      // "lstm"
NetOptions gru_options();       // "gru"
NetOptions cnn_lstm_options();  // "cnn_lstm"

class NetLearner final : public ScaledLearner {
 public:
  // kUsage for a recipe with numbers out of range.
  static Result<std::shared_ptr<const NetLearner>> create(NetOptions options);

  std::string_view name() const override { return options_.name; }
  std::string_view title() const override { return options_.title; }
  nlohmann::json hyperparameters() const override;
  bool stops_early() const override { return true; }

 private:
  explicit NetLearner(NetOptions options) : options_(std::move(options)) {}
  // Besides the failures of Learner::fit: kNotFinite when the loss grows beyond all numbers.
  Result<std::shared_ptr<const model::Core>> fit_core(const ScaledExamples& examples,
                                                      const FitRequest& request) const override;

  NetOptions options_;
};

}  // namespace sermo::learn::nn
