// A trained XGBoost model as our own trees.
//
// XGBoost sends x < threshold left, we x <= threshold: the next float32 below makes both the same
// for every float32 value. Only nodes that the root reaches are taken (pruning leaves others
// behind). Thread rule: pure function.
#pragma once

#include <string_view>

#include "sermo/base/result.h"
#include "sermo/model/trees/tree_ensemble.h"

namespace sermo::learn {

// From a model of objective multi:softprob in XGBoost's JSON format. kCorrupt where the text is
// not such a model.
Result<model::TreeEnsembleOptions> trees_of_xgboost(std::string_view model_json,
                                                    size_t num_features, size_t num_labels);

}  // namespace sermo::learn
