// Nets as ONNX operators: Gemm, Conv, BatchNormalization, MaxPool, LSTM, GRU, Softmax, and
// transpositions between them.
//
// The textual form of the graph is the doc string of the last node, "softmax_1"; initialisers have
// the names of the weights. Sequences are [N, channels, steps], ONNX's order. Dropout has no part
// in it. Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model::nn {

std::string write_neural_net(const Core& core, onnx::GraphBuilder graph, const std::string& scaled);
Result<std::shared_ptr<const Core>> read_neural_net(const onnx::GraphReader& graph,
                                                    onnx::CoreShape shape);

}  // namespace sermo::model::nn
