#include "sermo/model/svm/svm_onnx.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "sermo/model/onnx/radial_kernel.h"
#include "sermo/model/svm/pairwise_coupling.h"
#include "sermo/model/svm/svm_core.h"

namespace sermo::model {
namespace {

using onnx::GraphBuilder;

std::string scalar(GraphBuilder& graph, std::string_view name, double value) {
  return graph.doubles(name, {&value, 1}, {});
}

std::string scalar_int(GraphBuilder& graph, std::string_view name, int64_t value) {
  return graph.ints(name, {&value, 1}, {1});
}

// The probability of the first class of each pair, [N, P].
std::string write_pairs(GraphBuilder& graph, const SvmOptions& svm, const std::string& kernel) {
  const auto pairs = static_cast<int64_t>(svm.offsets.size());
  const std::string coefficients =
      graph.floats("coefficients", svm.coefficients.values(),
                   {static_cast<int64_t>(svm.coefficients.num_rows()), pairs});
  const std::string offsets = graph.doubles("offsets", svm.offsets, {pairs});
  const std::string slopes = graph.doubles("slopes", svm.slopes, {pairs});
  const std::string intercepts = graph.doubles("intercepts", svm.intercepts, {pairs});
  const std::string one = scalar(graph, "one", 1.0);
  const std::string least = scalar(graph, "least", kLeastPairwiseProbability);
  const std::string most = scalar(graph, "most", 1.0 - kLeastPairwiseProbability);

  const std::string weights =
      graph.node("weights", "Cast", {coefficients}, {onnx::cast_to_double()});
  const std::string sums = graph.node("sums", "MatMul", {kernel, weights});
  const std::string decisions = graph.node("decisions", "Sub", {sums, offsets});
  const std::string sloped = graph.node("sloped", "Mul", {decisions, slopes});
  const std::string logits = graph.node("logits", "Add", {sloped, intercepts});
  const std::string raised = graph.node("raised", "Exp", {logits});
  const std::string increased = graph.node("increased", "Add", {raised, one});
  const std::string sigmoid = graph.node("sigmoid", "Div", {one, increased});
  return graph.node("pairwise", "Clip", {sigmoid, least, most});
}

// The steps of PairwiseCoupling::solve, for all rows at once.
std::string write_coupling(GraphBuilder graph, size_t num_labels, const std::string& pairwise) {
  const auto n = static_cast<int64_t>(num_labels);
  const auto pairs = static_cast<int64_t>(num_pairs(num_labels));
  const std::string one = scalar(graph, "one", 1.0);
  const std::string zero = scalar(graph, "zero", 0.0);

  // [N, 2 P + 1] holds r, 1 - r and a zero; `places` picks r_ji from it for row i and column j.
  std::vector<int64_t> places(num_labels * num_labels, 2 * pairs);
  int64_t pair = 0;
  for (size_t i = 0; i < num_labels; ++i) {
    for (size_t j = i + 1; j < num_labels; ++j, ++pair) {
      places[i * num_labels + j] = pairs + pair;
      places[j * num_labels + i] = pair;
    }
  }
  const std::vector<int64_t> pads = {0, 0, 0, 1};
  const std::vector<int64_t> square = {-1, n, n};
  std::vector<double> identity(num_labels * num_labels);
  for (size_t i = 0; i < num_labels; ++i) identity[i * num_labels + i] = 1.0;

  const std::string pads_input = graph.ints("pads", pads, {4});
  const std::string places_input = graph.ints("places", places, {n * n});
  const std::string square_input = graph.ints("square", square, {3});
  const std::string identity_input = graph.doubles("identity", identity, {n, n});
  const std::string last_axis = scalar_int(graph, "last_axis", 2);

  const std::string opposite = graph.node("opposite", "Sub", {one, pairwise});
  const std::string both =
      graph.node("both", "Concat", {pairwise, opposite}, {{"axis", int64_t{1}}});
  const std::string padded = graph.node("padded", "Pad", {both, pads_input});
  const std::string flat =
      graph.node("flat", "Gather", {padded, places_input}, {{"axis", int64_t{1}}});
  const std::string losses = graph.node("losses", "Reshape", {flat, square_input});
  const std::string wins =
      graph.node("wins", "Transpose", {losses}, {{"perm", std::vector<int64_t>{0, 2, 1}}});
  const std::string squares = graph.node("squares", "Mul", {losses, losses});
  const std::string sums = graph.node("sums", "ReduceSum", {squares, last_axis});
  const std::string diagonal = graph.node("diagonal", "Mul", {sums, identity_input});
  const std::string mixed = graph.node("mixed", "Mul", {losses, wins});
  const std::string lifted = graph.node("lifted", "Sub", {one, mixed});
  const std::string matrix = graph.node("matrix", "Add", {lifted, diagonal});
  // A further column of ones, the right side.
  const std::vector<int64_t> right_pads = {0, 0, 0, 0, 0, 1};
  const std::string right_pads_input = graph.ints("right_pads", right_pads, {6});
  std::string equations = graph.node("equations", "Pad", {matrix, right_pads_input, one});

  for (int64_t k = 0; k < n; ++k) {
    GraphBuilder step = graph.scope("step" + std::to_string(k));
    std::vector<double> unit(num_labels);
    unit[static_cast<size_t>(k)] = 1.0;
    const std::string unit_input = step.doubles("unit", unit, {1, n, 1});
    const std::string index = scalar_int(step, "index", k);
    const std::string row =
        step.node("row", "Gather", {equations, index}, {{"axis", int64_t{1}}});  // [N, 1, K + 1]
    const std::string column =
        step.node("column", "Gather", {equations, index}, {{"axis", int64_t{2}}});  // [N, K, 1]
    const std::string pivot =
        step.node("pivot", "Gather", {row, index}, {{"axis", int64_t{2}}});  // [N, 1, 1]
    const std::string pivot_row = step.node("pivot_row", "Div", {row, pivot});
    // In the pivot's own row the factor pivot - 1 leaves row / pivot.
    const std::string factors = step.node("factors", "Sub", {column, unit_input});
    const std::string taken = step.node("taken", "Mul", {factors, pivot_row});
    equations = step.node("equations", "Sub", {equations, taken});
  }
  // Left is [N, K, K + 1] with the solution in the last column.
  const int64_t last = n;
  const std::string last_column = graph.ints("last_column", {&last, 1}, {});
  const std::string solution =
      graph.node("solution", "Gather", {equations, last_column}, {{"axis", int64_t{2}}});  // [N, K]
  const std::string positive = graph.node("positive", "Max", {solution, zero});
  const std::string class_axis = scalar_int(graph, "class_axis", 1);
  const std::string total = graph.node("total", "ReduceSum", {positive, class_axis});
  return graph.node("probabilities", "Div", {positive, total});
}

}  // namespace

std::string write_svm(const Core& core, GraphBuilder graph, const std::string& scaled) {
  const SvmOptions svm = dynamic_cast<const SvmCore&>(core).options();
  const std::string kernel =
      onnx::write_radial_kernel(graph, svm.support_vectors, svm.gamma, scaled);
  const std::string pairwise = write_pairs(graph, svm, kernel);
  const std::string probabilities =
      write_coupling(graph.scope("coupling"), svm.num_labels, pairwise);
  return graph.node("narrowed", "Cast", {probabilities}, {onnx::cast_to_float()});
}

Result<std::shared_ptr<const Core>> read_svm(const onnx::GraphReader& graph,
                                             onnx::CoreShape shape) {
  const auto pairs = static_cast<int64_t>(num_pairs(shape.num_labels));
  SERMO_TRY(
      onnx::FloatTensor vectors,
      graph.floats("support_vectors", {onnx::kAny, static_cast<int64_t>(shape.num_features)}));
  SERMO_TRY(onnx::FloatTensor coefficients,
            graph.floats("coefficients", {vectors.shape[0], pairs}));
  SERMO_TRY(onnx::DoubleTensor offsets, graph.doubles("offsets", {pairs}));
  SERMO_TRY(onnx::DoubleTensor slopes, graph.doubles("slopes", {pairs}));
  SERMO_TRY(onnx::DoubleTensor intercepts, graph.doubles("intercepts", {pairs}));
  SERMO_TRY(const onnx::DoubleTensor gamma, graph.doubles("gamma", {}));
  const auto num_vectors = static_cast<size_t>(vectors.shape[0]);
  return SvmCore::create(
      {.num_labels = shape.num_labels,
       .gamma = gamma.values[0],
       .support_vectors = Matrix(std::move(vectors.values), num_vectors, shape.num_features),
       .coefficients =
           Matrix(std::move(coefficients.values), num_vectors, static_cast<size_t>(pairs)),
       .offsets = std::move(offsets.values),
       .slopes = std::move(slopes.values),
       .intercepts = std::move(intercepts.values)});
}

}  // namespace sermo::model
