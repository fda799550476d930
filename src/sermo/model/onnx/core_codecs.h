// How the core of each family becomes ONNX nodes and comes back: one explicit list.
//
// A family adds two free functions in a file of its own (e.g. knn/knn_onnx.h) and one line in
// core_codecs.cc. Thread rule: functions are pure but for the builder they are given.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "sermo/base/result.h"
#include "sermo/model/core.h"
#include "sermo/model/onnx/graph_builder.h"
#include "sermo/model/onnx/graph_reader.h"

namespace sermo::model::onnx {

// What the surrounding model expects of its core.
struct CoreShape {
  size_t num_features;  // D
  size_t num_labels;    // K
};

struct CoreCodec {
  std::string_view family;  // Core::family()
  // Adds the nodes from the scaled features `scaled` [N, D] float to probabilities [N, K] float;
  // returns the latter's name. The graph comes scoped: names need only be unique within the core.
  std::string (*write)(const Core& core, GraphBuilder graph, const std::string& scaled);
  // Takes the core out of the graph that `write` made. Everything is checked before it is used:
  // kCorrupt for what cannot be a core of this family, kMismatch for another shape.
  Result<std::shared_ptr<const Core>> (*read)(const GraphReader& graph, CoreShape shape);
};

std::span<const CoreCodec> core_codecs();

// Null for a family that is not in the list.
const CoreCodec* find_core_codec(std::string_view family);

}  // namespace sermo::model::onnx
