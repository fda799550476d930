#include "sermo/model/onnx/calibrator_onnx.h"

#include <cstdint>
#include <vector>

namespace sermo::model::onnx {

std::string write_calibrator(GraphBuilder graph, const std::string& probabilities,
                             const Calibrator& calibrator) {
  if (calibrator.is_identity()) return probabilities;
  const auto smoothing = static_cast<float>(calibrator.smoothing);
  const auto exponent = static_cast<float>(1.0 / calibrator.temperature);
  const int64_t last_axis = 1;
  const std::string offset = graph.floats("smoothing", {&smoothing, 1}, {});
  const std::string power = graph.floats("exponent", {&exponent, 1}, {});
  const std::string axes = graph.ints("axes", {&last_axis, 1}, {1});
  const std::string smoothed = graph.node("smoothed", "Add", {probabilities, offset});
  const std::string maximum =
      graph.node("maximum", "ReduceMax", {smoothed}, {{"axes", std::vector<int64_t>{1}}});
  const std::string relative = graph.node("relative", "Div", {smoothed, maximum});
  const std::string raised = graph.node("raised", "Pow", {relative, power});
  const std::string sum = graph.node("sum", "ReduceSum", {raised, axes});
  return graph.node("calibrated", "Div", {raised, sum});
}

Result<Calibrator> read_calibrator(const GraphReader& graph) {
  if (!graph.has_initializer("exponent")) return Calibrator{};
  SERMO_TRY(const FloatTensor exponent, graph.floats("exponent", {}));
  SERMO_TRY(const FloatTensor smoothing, graph.floats("smoothing", {}));
  const Calibrator calibrator{1.0 / static_cast<double>(exponent.values[0]), smoothing.values[0]};
  SERMO_TRY_VOID(check(calibrator));
  return calibrator;
}

}  // namespace sermo::model::onnx
