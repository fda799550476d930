#include "sermo/model/onnx/clipping.h"

namespace sermo::model::onnx {

std::string write_clipping(GraphBuilder& graph, float clip, const std::string& scaled) {
  if (clip == 0.0f) return scaled;
  const float low = -clip;
  const std::string low_input = graph.floats("clip_low", {&low, 1}, {});
  const std::string high_input = graph.floats("clip_high", {&clip, 1}, {});
  return graph.node("clipped", "Clip", {scaled, low_input, high_input});
}

Result<float> read_clipping(const GraphReader& graph) {
  if (!graph.has_initializer("clip_high")) return 0.0f;
  SERMO_TRY(const FloatTensor low, graph.floats("clip_low", {}));
  SERMO_TRY(const FloatTensor high, graph.floats("clip_high", {}));
  if (!(high.values[0] > 0.0f) || low.values[0] != -high.values[0])
    return fail(ErrorCode::kCorrupt, "clip_low and clip_high: wanted -c and c, c above zero");
  return high.values[0];
}

}  // namespace sermo::model::onnx
