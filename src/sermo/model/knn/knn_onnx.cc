#include "sermo/model/knn/knn_onnx.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/model/knn/knn_core.h"

namespace sermo::model {

std::string write_knn(const Core& core, onnx::GraphBuilder graph, const std::string& scaled) {
  const auto& knn = dynamic_cast<const KnnCore&>(core);
  const Matrix rows = knn.rows();
  const auto num_rows = static_cast<int64_t>(rows.num_rows());
  const auto num_features = static_cast<int64_t>(rows.num_cols());
  const std::vector<int64_t> labels(knn.labels().begin(), knn.labels().end());
  const auto num_labels = static_cast<int64_t>(knn.num_labels());
  const auto num_neighbors = static_cast<int64_t>(knn.num_neighbors());
  const std::vector<float> off_and_on = {0.0f, 1.0f};
  const double two = 2.0;

  const std::string rows_input = graph.floats("rows", rows.values(), {num_rows, num_features});
  const std::string labels_input = graph.ints("labels", labels, {num_rows});
  const std::string count_input = graph.ints("num_neighbors", {&num_neighbors, 1}, {1});
  const std::string depth_input = graph.ints("num_labels", {&num_labels, 1}, {});
  const std::string values_input = graph.floats("off_and_on", off_and_on, {2});
  const std::string two_input = graph.doubles("two", {&two, 1}, {});

  // The nearest rows y to x have the largest 2 x.y - y.y: x.x is the same for all.
  const std::string x = graph.node("x", "Cast", {scaled}, {onnx::cast_to_double()});
  const std::string y = graph.node("y", "Cast", {rows_input}, {onnx::cast_to_double()});
  const std::string y_transposed = graph.node("y_transposed", "Transpose", {y});
  const std::string norms =
      graph.node("norms", "ReduceSumSquare", {y},
                 {{"axes", std::vector<int64_t>{1}}, {"keepdims", int64_t{0}}});
  const std::string products = graph.node("products", "MatMul", {x, y_transposed});
  const std::string doubled = graph.node("doubled", "Mul", {products, two_input});
  const std::string nearness = graph.node("nearness", "Sub", {doubled, norms});
  const std::string nearest = graph.add({.name = "largest",
                                         .op = "TopK",
                                         .inputs = {nearness, count_input},
                                         .attributes = {{"axis", int64_t{1}}},
                                         .further_outputs = {"nearest"}})[1];
  const std::string neighbors = graph.node("neighbors", "Gather", {labels_input, nearest});
  const std::string votes =
      graph.node("votes", "OneHot", {neighbors, depth_input, values_input});  // [N, k, K]
  return graph.node("shares", "ReduceMean", {votes},
                    {{"axes", std::vector<int64_t>{1}}, {"keepdims", int64_t{0}}});
}

Result<std::shared_ptr<const Core>> read_knn(const onnx::GraphReader& graph,
                                             onnx::CoreShape shape) {
  SERMO_TRY(onnx::FloatTensor rows,
            graph.floats("rows", {onnx::kAny, static_cast<int64_t>(shape.num_features)}));
  const int64_t num_rows = rows.shape[0];
  SERMO_TRY(const onnx::IntTensor labels, graph.ints("labels", {num_rows}));
  SERMO_TRY(const onnx::IntTensor num_neighbors, graph.ints("num_neighbors", {1}));
  KnnOptions options{
      .num_labels = shape.num_labels,
      .num_neighbors = 0,
      .rows = Matrix(std::move(rows.values), static_cast<size_t>(num_rows), shape.num_features),
      .labels = {}};
  // Whatever does not fit becomes a value that create() refuses.
  if (num_neighbors.values[0] > 0)
    options.num_neighbors = static_cast<size_t>(num_neighbors.values[0]);
  for (int64_t label : labels.values)
    options.labels.push_back(label <= std::numeric_limits<int>::max()
                                 ? static_cast<int>(std::max<int64_t>(label, -1))
                                 : -1);
  return KnnCore::create(std::move(options));
}

}  // namespace sermo::model
