#include "sermo/model/kernel_ridge/kernel_ridge_onnx.h"

#include <cstdint>
#include <utility>

#include "sermo/model/kernel_ridge/kernel_ridge_core.h"
#include "sermo/model/onnx/clipping.h"
#include "sermo/model/onnx/radial_kernel.h"

namespace sermo::model {
namespace {

// In float64, rounded to float32 at the end. Returns `scaled` itself without a projection.
std::string write_projection(onnx::GraphBuilder& graph, const Matrix& projection,
                             const std::string& scaled) {
  if (projection.empty()) return scaled;
  const std::string directions = graph.floats(
      "projection", projection.values(),
      {static_cast<int64_t>(projection.num_rows()), static_cast<int64_t>(projection.num_cols())});
  const std::string x = graph.node("unprojected", "Cast", {scaled}, {onnx::cast_to_double()});
  const std::string p = graph.node("directions", "Cast", {directions}, {onnx::cast_to_double()});
  const std::string sums = graph.node("projected_sums", "MatMul", {x, p});
  return graph.node("projected", "Cast", {sums}, {onnx::cast_to_float()});
}

// Empty where none was written.
Result<Matrix> read_projection(const onnx::GraphReader& graph, size_t num_features) {
  if (!graph.has_initializer("projection")) return Matrix();
  SERMO_TRY(onnx::FloatTensor directions,
            graph.floats("projection", {static_cast<int64_t>(num_features), onnx::kAny}));
  const auto count = static_cast<size_t>(directions.shape[1]);
  return Matrix(std::move(directions.values), num_features, count);
}

}  // namespace

std::string write_kernel_ridge(const Core& core, onnx::GraphBuilder graph,
                               const std::string& scaled) {
  const KernelRidgeOptions ridge = dynamic_cast<const KernelRidgeCore&>(core).options();
  const std::string clipped = onnx::write_clipping(graph, ridge.clip, scaled);
  const std::string projected = write_projection(graph, ridge.projection, clipped);
  const std::string kernel = onnx::write_radial_kernel(graph, ridge.rows, ridge.gamma, projected);
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
  SERMO_TRY(Matrix projection, read_projection(graph, shape.num_features));
  const size_t num_cols = projection.empty() ? shape.num_features : projection.num_cols();
  SERMO_TRY(onnx::FloatTensor rows,
            graph.floats("support_vectors", {onnx::kAny, static_cast<int64_t>(num_cols)}));
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
                               .projection = std::move(projection),
                               .rows = Matrix(std::move(rows.values), num_rows, num_cols),
                               .coefficients = std::move(coefficients.values)}));
  return core;
}

}  // namespace sermo::model
