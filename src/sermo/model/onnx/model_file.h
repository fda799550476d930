// Bytes to an ONNX model message, for bytes that nobody vouches for.
//
// The outline is walked before anything is parsed: what is not ONNX, is cut short, is not from
// Sermo, or has parts no artifact has (subgraphs, functions, training) is refused by name and
// without taking memory; parsing then has bounds on depth and size. Thread rule: pure functions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "sermo/base/result.h"

namespace sermo_onnx {
class ModelProto;
}

namespace sermo::model::onnx {

inline constexpr std::string_view kProducer = "sermo";
inline constexpr size_t kMaxModelBytes = size_t{1} << 30;

struct DeleteModel {
  void operator()(sermo_onnx::ModelProto* model) const;
};
using ModelPtr = std::unique_ptr<sermo_onnx::ModelProto, DeleteModel>;

// kUnsupported: not ONNX, or ONNX that Sermo did not write. kCorrupt: cut short or damaged.
// kTooLarge: more than kMaxModelBytes, or more parts than any artifact has.
Result<ModelPtr> parse_model(std::span<const std::byte> bytes);

}  // namespace sermo::model::onnx
