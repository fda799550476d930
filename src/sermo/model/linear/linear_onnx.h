// A linear classifier as ONNX operators: Gemm and Softmax. Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model {

std::string write_linear(const Core& core, onnx::GraphBuilder graph, const std::string& scaled);
Result<std::shared_ptr<const Core>> read_linear(const onnx::GraphReader& graph,
                                                onnx::CoreShape shape);

}  // namespace sermo::model
