// Drawing scaled features in to [-clip, clip]: one Clip node, or none where nothing is clipped.
// Thread rule: pure functions.
#pragma once

#include <string>

#include "sermo/base/result.h"
#include "sermo/model/onnx/graph_builder.h"
#include "sermo/model/onnx/graph_reader.h"

namespace sermo::model::onnx {

// Returns `scaled` itself for a clip of 0.
std::string write_clipping(GraphBuilder& graph, float clip, const std::string& scaled);

// 0 where no clipping was written. kCorrupt when the two ends do not belong together.
Result<float> read_clipping(const GraphReader& graph);

}  // namespace sermo::model::onnx
