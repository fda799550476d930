#include "sermo/model/onnx/core_codecs.h"

#include <algorithm>
#include <array>

#include "sermo/model/kernel_ridge/kernel_ridge_onnx.h"
#include "sermo/model/knn/knn_onnx.h"
#include "sermo/model/linear/linear_onnx.h"
#include "sermo/model/nn/nn_onnx.h"
#include "sermo/model/svm/svm_onnx.h"
#include "sermo/model/trees/tree_ensemble_onnx.h"
#include "sermo/model/vote/vote_onnx.h"

namespace sermo::model::onnx {
namespace {

// One line a family, in alphabetical order.
constexpr std::array kCodecs = {
    CoreCodec{"kernel_ridge", write_kernel_ridge, read_kernel_ridge},
    CoreCodec{"knn", write_knn, read_knn},
    CoreCodec{"linear", write_linear, read_linear},
    CoreCodec{"neural_net", nn::write_neural_net, nn::read_neural_net},
    CoreCodec{"svm", write_svm, read_svm},
    CoreCodec{"tree_ensemble", write_tree_ensemble, read_tree_ensemble},
    CoreCodec{"vote", write_vote, read_vote},
};

}  // namespace

std::span<const CoreCodec> core_codecs() { return kCodecs; }

const CoreCodec* find_core_codec(std::string_view family) {
  const auto found = std::find_if(kCodecs.begin(), kCodecs.end(),
                                  [&](const CoreCodec& codec) { return codec.family == family; });
  return found == kCodecs.end() ? nullptr : &*found;
}

}  // namespace sermo::model::onnx
