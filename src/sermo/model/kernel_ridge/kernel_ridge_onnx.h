// Kernel ridge as ONNX operators: MatMul, ReduceSumSquare, Exp and Softmax, in float64 up to the
// scores. Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model {

std::string write_kernel_ridge(const Core& core, onnx::GraphBuilder graph,
                               const std::string& scaled);
Result<std::shared_ptr<const Core>> read_kernel_ridge(const onnx::GraphReader& graph,
                                                      onnx::CoreShape shape);

}  // namespace sermo::model
