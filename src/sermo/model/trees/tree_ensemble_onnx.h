// Tree ensembles as ONNX: one TreeEnsembleRegressor with a target for each class, which averages
// (forests), or sums and is followed by the base scores and Softmax (boosting).
//
// ONNX has an operator named for this, TreeEnsembleClassifier, and it is not used: with two classes
// runtimes rewrite the scores of rows for which every tree names one class, and its labels are not
// those of calibrated probabilities. Leaves name only the classes that they have a value for.
// Thread rule: pure functions.
#pragma once

#include <memory>
#include <string>

#include "sermo/model/onnx/core_codecs.h"

namespace sermo::model {

std::string write_tree_ensemble(const Core& core, onnx::GraphBuilder graph,
                                const std::string& scaled);
// Trees and their nodes must be numbered from 0 without gaps, as they are written.
Result<std::shared_ptr<const Core>> read_tree_ensemble(const onnx::GraphReader& graph,
                                                       onnx::CoreShape shape);

}  // namespace sermo::model
