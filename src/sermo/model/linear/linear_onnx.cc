#include "sermo/model/linear/linear_onnx.h"

#include <cstdint>
#include <utility>

#include "sermo/model/linear/linear_core.h"
#include "sermo/model/onnx/clipping.h"

namespace sermo::model {

std::string write_linear(const Core& core, onnx::GraphBuilder graph, const std::string& scaled) {
  const auto& linear = dynamic_cast<const LinearCore&>(core);
  const auto num_labels = static_cast<int64_t>(linear.num_labels());
  const auto num_features = static_cast<int64_t>(linear.num_features());
  const std::string clipped = onnx::write_clipping(graph, linear.clip(), scaled);
  const std::string weights =
      graph.floats("weights", linear.weights().values(), {num_labels, num_features});
  const std::string offsets = graph.floats("offsets", linear.offsets(), {num_labels});
  const std::string scores =
      graph.node("scores", "Gemm", {clipped, weights, offsets}, {{"transB", int64_t{1}}});
  return graph.node("softmax", "Softmax", {scores}, {{"axis", int64_t{1}}});
}

Result<std::shared_ptr<const Core>> read_linear(const onnx::GraphReader& graph,
                                                onnx::CoreShape shape) {
  const auto num_labels = static_cast<int64_t>(shape.num_labels);
  SERMO_TRY(onnx::FloatTensor weights,
            graph.floats("weights", {num_labels, static_cast<int64_t>(shape.num_features)}));
  SERMO_TRY(onnx::FloatTensor offsets, graph.floats("offsets", {num_labels}));
  SERMO_TRY(const float clip, onnx::read_clipping(graph));
  SERMO_TRY(
      std::shared_ptr<const Core> core,
      LinearCore::create(Matrix(std::move(weights.values), shape.num_labels, shape.num_features),
                         std::move(offsets.values), clip));
  return core;
}

}  // namespace sermo::model
