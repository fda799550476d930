#include "sermo/model/kernel_ridge/kernel_ridge_onnx.h"

#include <cstdint>
#include <utility>

#include "sermo/model/kernel_ridge/kernel_ridge_core.h"
#include "sermo/model/onnx/clipping.h"
#include "sermo/model/onnx/radial_kernel.h"

namespace sermo::model {

std::string write_kernel_ridge(const Core& core, onnx::GraphBuilder graph,
                               const std::string& scaled) {
  const KernelRidgeOptions ridge = dynamic_cast<const KernelRidgeCore&>(core).options();
  const std::string clipped = onnx::write_clipping(graph, ridge.clip, scaled);
  const std::string kernel = onnx::write_radial_kernel(graph, ridge.rows, ridge.gamma, clipped);
  const std::string coefficients = graph.doubles(
      "coefficients", ridge.coefficients,
      {static_cast<int64_t>(ridge.rows.num_rows()), static_cast<int64_t>(ridge.num_labels)});
  const std::string sharpness = graph.doubles("sharpness", {&ridge.sharpness, 1}, {});
  const std::string scores = graph.node("scores", "MatMul", {kernel, coefficients});
  const std::string sharp = graph.node("sharp", "Mul", {scores, sharpness});
  const std::string probabilities =
      graph.node("probabilities", "Softmax", {sharp}, {{"axis", int64_t{1}}});
  return graph.node("narrowed", "Cast", {probabilities}, {onnx::cast_to_float()});
}

Result<std::shared_ptr<const Core>> read_kernel_ridge(const onnx::GraphReader& graph,
                                                      onnx::CoreShape shape) {
  SERMO_TRY(
      onnx::FloatTensor rows,
      graph.floats("support_vectors", {onnx::kAny, static_cast<int64_t>(shape.num_features)}));
  SERMO_TRY(onnx::DoubleTensor coefficients,
            graph.doubles("coefficients", {rows.shape[0], static_cast<int64_t>(shape.num_labels)}));
  SERMO_TRY(const onnx::DoubleTensor gamma, graph.doubles("gamma", {}));
  SERMO_TRY(const onnx::DoubleTensor sharpness, graph.doubles("sharpness", {}));
  SERMO_TRY(const float clip, onnx::read_clipping(graph));
  const auto num_rows = static_cast<size_t>(rows.shape[0]);
  SERMO_TRY(
      std::shared_ptr<const Core> core,
      KernelRidgeCore::create({.num_labels = shape.num_labels,
                               .gamma = gamma.values[0],
                               .sharpness = sharpness.values[0],
                               .clip = clip,
                               .rows = Matrix(std::move(rows.values), num_rows, shape.num_features),
                               .coefficients = std::move(coefficients.values)}));
  return core;
}

}  // namespace sermo::model
