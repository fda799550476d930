// Nearest neighbours as ONNX operators: MatMul for the distances in float64, TopK for the nearest,
// OneHot and ReduceMean for the shares.
//
// Float64 because in float32 the rounding of distances would swap near neighbours; of equal ones
// TopK takes the lower index, as KnnCore does. Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model {

std::string write_knn(const Core& core, onnx::GraphBuilder graph, const std::string& scaled);
Result<std::shared_ptr<const Core>> read_knn(const onnx::GraphReader& graph, onnx::CoreShape shape);

}  // namespace sermo::model
