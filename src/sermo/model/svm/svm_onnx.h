// The support vector machine as ONNX operators: MatMul and Exp for the kernel, MatMul for the
// pairs, and the coupling's linear equations solved by K unrolled steps of Gauss-Jordan, all in
// float64.
//
// ONNX has an operator for this, SVMClassifier, and it is not used: runtimes compute it in float32
// and iterate the coupling until a tolerance, 100 times at most, so its probabilities differ from
// any exact ones by far more than rounding, and between runtimes. docs/models/svm.md has the
// measurement. Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model {

std::string write_svm(const Core& core, onnx::GraphBuilder graph, const std::string& scaled);
Result<std::shared_ptr<const Core>> read_svm(const onnx::GraphReader& graph, onnx::CoreShape shape);

}  // namespace sermo::model
