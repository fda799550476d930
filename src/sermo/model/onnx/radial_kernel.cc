#include "sermo/model/onnx/radial_kernel.h"

#include <cstdint>
#include <vector>

namespace sermo::model::onnx {

// From |x|^2 + |y|^2 - 2 x.y.
std::string write_radial_kernel(GraphBuilder& graph, MatrixView rows, double gamma,
                                const std::string& scaled) {
  const std::string vectors =
      graph.floats("support_vectors", {rows.data(), rows.num_rows() * rows.num_cols()},
                   {static_cast<int64_t>(rows.num_rows()), static_cast<int64_t>(rows.num_cols())});
  const double two_value = 2.0;
  const double zero_value = 0.0;
  const std::string gamma_input = graph.doubles("gamma", {&gamma, 1}, {});
  const std::string two = graph.doubles("two", {&two_value, 1}, {});
  const std::string zero = graph.doubles("zero", {&zero_value, 1}, {});
  const Attribute along_columns{"axes", std::vector<int64_t>{1}};

  const std::string x = graph.node("x", "Cast", {scaled}, {cast_to_double()});
  const std::string y = graph.node("y", "Cast", {vectors}, {cast_to_double()});
  const std::string y_transposed = graph.node("y_transposed", "Transpose", {y});
  const std::string x_norms = graph.node("x_norms", "ReduceSumSquare", {x}, {along_columns});
  const std::string y_norms =
      graph.node("y_norms", "ReduceSumSquare", {y}, {along_columns, {"keepdims", int64_t{0}}});
  const std::string products = graph.node("products", "MatMul", {x, y_transposed});
  const std::string doubled = graph.node("doubled", "Mul", {products, two});
  const std::string norms = graph.node("norms", "Add", {x_norms, y_norms});
  const std::string differences = graph.node("differences", "Sub", {norms, doubled});
  const std::string distances = graph.node("distances", "Max", {differences, zero});
  const std::string exponents = graph.node("exponents", "Mul", {distances, gamma_input});
  const std::string negated = graph.node("negated", "Neg", {exponents});
  return graph.node("kernel", "Exp", {negated});
}

}  // namespace sermo::model::onnx
