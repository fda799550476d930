// A vote as ONNX operators: every member's nodes in a scope of its own, their calibration, then Mul
// and Add, between Log and Softmax where the pool is logarithmic.
//
// The graph holds the members whole, so that any runtime can run it alone. Thread rule: pure
// functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model {

std::string write_vote(const Core& core, onnx::GraphBuilder graph, const std::string& scaled);
Result<std::shared_ptr<const Core>> read_vote(const onnx::GraphReader& graph,
                                              onnx::CoreShape shape);

}  // namespace sermo::model
