// exp(-gamma |x - y|^2) of every row x and every y of a fixed set, in float64. Thread rule: pure
// function.
#pragma once

#include <string>

#include "sermo/base/matrix.h"
#include "sermo/model/onnx/graph_builder.h"

namespace sermo::model::onnx {

// `scaled` is [N, D] float, `rows` [M, D]; returns the name of the kernel [N, M] double. Writes the
// initialisers `support_vectors` and `gamma`, from which a reader takes both back.
std::string write_radial_kernel(GraphBuilder& graph, MatrixView rows, double gamma,
                                const std::string& scaled);

}  // namespace sermo::model::onnx
