// The steps of Calibrator::apply as ONNX operators. An identity writes nothing.
//
// The graph has the exponent 1/T and the smoothing in float32, which is how they are applied; what
// is read back is applied with the same bits. Thread rule: pure functions.
#pragma once

#include <string>

#include "sermo/base/result.h"
#include "sermo/model/calibrator.h"
#include "sermo/model/onnx/graph_builder.h"
#include "sermo/model/onnx/graph_reader.h"

namespace sermo::model::onnx {

// Returns the name of the calibrated probabilities.
std::string write_calibrator(GraphBuilder graph, const std::string& probabilities,
                             const Calibrator& calibrator);

// The calibrator that a scope of this name wrote; the identity where it wrote nothing. kCorrupt for
// one that cannot be.
Result<Calibrator> read_calibrator(const GraphReader& graph);

}  // namespace sermo::model::onnx
