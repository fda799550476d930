#include "sermo/model/nn/neural_net.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sermo/base/check.h"
#include "sermo/model/nn/operations.h"

namespace sermo::model::nn {

Result<std::shared_ptr<const NeuralNet>> NeuralNet::create(Graph graph, size_t num_features,
                                                           AlignedFloats weights) {
  SERMO_TRY(Plan plan, nn::plan(graph, num_features));
  if (weights.size() != plan.num_floats) {
    return fail(ErrorCode::kCorrupt, fmt::format("a net with {} floats of weights, wanted {}",
                                                 weights.size(), plan.num_floats));
  }
  for (const Weight& weight : plan.weights()) {
    const auto values = std::span(weights).subspan(weight.offset, weight.size());
    const bool is_variance = weight.role == WeightRole::kMovingVariance;
    for (float value : values) {
      if (!std::isfinite(value) || (is_variance && value < 0.0f))
        return fail(ErrorCode::kCorrupt, fmt::format("{} holds {}", weight.name, value));
    }
  }
  return std::shared_ptr<const NeuralNet>(
      new NeuralNet(std::move(graph), std::move(plan), std::move(weights)));
}

NeuralNet::NeuralNet(Graph graph, Plan plan, AlignedFloats weights)
    : graph_(std::move(graph)), plan_(std::move(plan)), weights_(std::move(weights)) {}

NeuralNet::~NeuralNet() = default;

std::unique_ptr<ForwardPass> NeuralNet::take_pass() const {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_passes_.empty()) {
      std::unique_ptr<ForwardPass> pass = std::move(idle_passes_.back());
      idle_passes_.pop_back();
      return pass;
    }
  }
  return std::make_unique<ForwardPass>(plan_, weights_.data(), 1);
}

void NeuralNet::predict_proba(MatrixView scaled, Matrix& out) const {
  SERMO_CHECK(scaled.num_cols() == num_features(), "the caller checks the number of features");
  out.resize(scaled.num_rows(), num_labels());
  const OnOneThread on_one_thread;
  std::unique_ptr<ForwardPass> pass = take_pass();
  for (size_t r = 0; r < scaled.num_rows(); ++r) {
    std::ranges::copy(scaled.row(r), pass->input().begin());
    std::ranges::copy(pass->run(), out.row(r).begin());
  }
  const std::lock_guard lock(mutex_);
  idle_passes_.push_back(std::move(pass));
}

}  // namespace sermo::model::nn
