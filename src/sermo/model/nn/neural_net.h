// A trained net as a Core: family "neural_net".
//
// Every row goes through the net by itself, so a batch of N gives bit for bit what N single rows
// give. Equals Keras's model(x, training=False) within rounding. Thread rule: immutable; calls side
// by side each take a forward pass from a pool that grows to as many as ever ran at once.
#pragma once

#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/model/core.h"
#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/forward_pass.h"
#include "sermo/model/nn/graph.h"

namespace sermo::model::nn {

class NeuralNet final : public Core {
 public:
  // `weights` holds plan(graph, num_features)->num_floats, each array at its place; gaps are not
  // looked at. Errors of plan(); kCorrupt for another number of floats, weights that are not
  // finite, and moving variances below zero.
  static Result<std::shared_ptr<const NeuralNet>> create(Graph graph, size_t num_features,
                                                         AlignedFloats weights);
  ~NeuralNet() override;

  std::string_view family() const override { return "neural_net"; }
  size_t num_features() const override { return plan_.num_features; }
  size_t num_labels() const override { return plan_.num_labels; }
  void predict_proba(MatrixView scaled, Matrix& out) const override;

  const Graph& graph() const { return graph_; }
  const Plan& plan() const { return plan_; }
  std::span<const float> values(const Weight& weight) const {
    return std::span<const float>(weights_).subspan(weight.offset, weight.size());
  }

 private:
  NeuralNet(Graph graph, Plan plan, AlignedFloats weights);
  std::unique_ptr<ForwardPass> take_pass() const;

  Graph graph_;
  Plan plan_;
  AlignedFloats weights_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<ForwardPass>> idle_passes_;  // guarded by mutex_
};

}  // namespace sermo::model::nn
