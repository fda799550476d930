#include "sermo/model/onnx/graph_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sermo_onnx.pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace sermo::model::onnx {
namespace {

tl::unexpected<Error> corrupt(std::string message) {
  return fail(ErrorCode::kCorrupt, std::move(message));
}

template <typename Values>
bool all_finite(const Values& values) {
  return std::all_of(values.begin(), values.end(), [](auto v) { return std::isfinite(v); });
}

}  // namespace

const std::string& NodeReader::doc() const { return node_->doc_string(); }

bool NodeReader::has(std::string_view attribute) const {
  return std::any_of(node_->attribute().begin(), node_->attribute().end(),
                     [&](const auto& a) { return a.name() == attribute; });
}

Result<const sermo_onnx::AttributeProto*> NodeReader::find(std::string_view attribute,
                                                           int type) const {
  for (const sermo_onnx::AttributeProto& candidate : node_->attribute()) {
    if (candidate.name() != attribute) continue;
    if (candidate.type() != type) {
      return corrupt(fmt::format("node {}: attribute {} is of kind {}, wanted {}", node_->name(),
                                 attribute, static_cast<int>(candidate.type()), type));
    }
    return &candidate;
  }
  return corrupt(fmt::format("node {}: no attribute {}", node_->name(), attribute));
}

Result<int64_t> NodeReader::integer(std::string_view attribute) const {
  SERMO_TRY(const auto* found, find(attribute, sermo_onnx::AttributeProto::INT));
  return found->i();
}

Result<float> NodeReader::real(std::string_view attribute) const {
  SERMO_TRY(const auto* found, find(attribute, sermo_onnx::AttributeProto::FLOAT));
  if (!std::isfinite(found->f()))
    return corrupt(fmt::format("node {}: attribute {} is not finite", node_->name(), attribute));
  return found->f();
}

Result<std::string> NodeReader::text(std::string_view attribute) const {
  SERMO_TRY(const auto* found, find(attribute, sermo_onnx::AttributeProto::STRING));
  return found->s();
}

Result<std::span<const int64_t>> NodeReader::integers(std::string_view attribute) const {
  SERMO_TRY(const auto* found, find(attribute, sermo_onnx::AttributeProto::INTS));
  return std::span<const int64_t>(found->ints().data(), found->ints().size());
}

Result<std::span<const float>> NodeReader::reals(std::string_view attribute) const {
  SERMO_TRY(const auto* found, find(attribute, sermo_onnx::AttributeProto::FLOATS));
  const std::span<const float> values(found->floats().data(), found->floats().size());
  if (!all_finite(values)) {
    return corrupt(fmt::format("node {}: attribute {} has a value that is not finite",
                               node_->name(), attribute));
  }
  return values;
}

Result<std::vector<std::string_view>> NodeReader::texts(std::string_view attribute) const {
  SERMO_TRY(const auto* found, find(attribute, sermo_onnx::AttributeProto::STRINGS));
  return std::vector<std::string_view>(found->strings().begin(), found->strings().end());
}

GraphReader::GraphReader(std::shared_ptr<const Index> index, std::string prefix)
    : index_(std::move(index)), prefix_(std::move(prefix)) {}

Result<GraphReader> GraphReader::create(const sermo_onnx::GraphProto& graph) {
  auto index = std::make_shared<Index>();
  for (const sermo_onnx::TensorProto& tensor : graph.initializer()) {
    if (!index->initializers.emplace(tensor.name(), &tensor).second)
      return corrupt(fmt::format("two initialisers are called {}", tensor.name()));
  }
  for (const sermo_onnx::NodeProto& node : graph.node()) {
    if (!index->nodes.emplace(node.name(), &node).second)
      return corrupt(fmt::format("two nodes are called {}", node.name()));
  }
  return GraphReader(std::move(index), "");
}

GraphReader GraphReader::scope(std::string_view name) const {
  return GraphReader(index_, fmt::format("{}{}/", prefix_, name));
}

bool GraphReader::has_initializer(std::string_view name) const {
  return index_->initializers.contains(fmt::format("{}{}", prefix_, name));
}

template <typename Tensor, typename T>
Result<Tensor> GraphReader::tensor(std::string_view name, int type,
                                   const std::vector<int64_t>& shape) const {
  const std::string full_name = prefix_ + std::string(name);
  const auto found = index_->initializers.find(full_name);
  if (found == index_->initializers.end())
    return corrupt(fmt::format("no initialiser {}", full_name));
  const sermo_onnx::TensorProto& proto = *found->second;
  if (proto.data_type() != type) {
    return corrupt(fmt::format("initialiser {}: values of kind {}, wanted {}", full_name,
                               proto.data_type(), type));
  }
  Tensor out;
  out.shape.assign(proto.dims().begin(), proto.dims().end());
  bool as_wanted = out.shape.size() == shape.size();
  for (size_t i = 0; as_wanted && i < shape.size(); ++i)
    as_wanted = out.shape[i] >= 0 && (shape[i] == kAny || shape[i] == out.shape[i]);
  if (!as_wanted) {
    return corrupt(fmt::format("initialiser {}: shape [{}], wanted [{}] (-1 is any)", full_name,
                               fmt::join(out.shape, ", "), fmt::join(shape, ", ")));
  }
  // The extents must multiply to the bytes present; divided rather than multiplied, so that nothing
  // overflows.
  const std::string& bytes = proto.raw_data();
  size_t left = bytes.size() / sizeof(T);
  bool fits = bytes.size() % sizeof(T) == 0;
  bool empty = false;
  for (int64_t extent : out.shape) {
    if (extent == 0) {
      empty = true;
    } else {
      fits = fits && left % static_cast<size_t>(extent) == 0;
      left /= static_cast<size_t>(extent);
    }
  }
  fits = fits && (empty ? bytes.empty() : left == 1);
  if (!fits) {
    return corrupt(fmt::format("initialiser {}: shape [{}] does not go with {} bytes", full_name,
                               fmt::join(out.shape, ", "), bytes.size()));
  }
  out.values.resize(bytes.size() / sizeof(T));
  if (!bytes.empty()) std::memcpy(out.values.data(), bytes.data(), bytes.size());
  return out;
}

template <typename Tensor>
Result<Tensor> GraphReader::finite(std::string_view name, Result<Tensor> tensor) const {
  if (tensor && !all_finite(tensor->values))
    return corrupt(fmt::format("initialiser {}{} has a value that is not finite", prefix_, name));
  return tensor;
}

Result<FloatTensor> GraphReader::floats(std::string_view name,
                                        const std::vector<int64_t>& shape) const {
  return finite(name, tensor<FloatTensor, float>(name, sermo_onnx::TensorProto::FLOAT, shape));
}

Result<DoubleTensor> GraphReader::doubles(std::string_view name,
                                          const std::vector<int64_t>& shape) const {
  return finite(name, tensor<DoubleTensor, double>(name, sermo_onnx::TensorProto::DOUBLE, shape));
}

Result<IntTensor> GraphReader::ints(std::string_view name,
                                    const std::vector<int64_t>& shape) const {
  return tensor<IntTensor, int64_t>(name, sermo_onnx::TensorProto::INT64, shape);
}

Result<NodeReader> GraphReader::node(std::string_view name, std::string_view op) const {
  const std::string full_name = prefix_ + std::string(name);
  const auto found = index_->nodes.find(full_name);
  if (found == index_->nodes.end()) return corrupt(fmt::format("no node {}", full_name));
  if (found->second->op_type() != op) {
    return corrupt(
        fmt::format("node {} is a {}, wanted {}", full_name, found->second->op_type(), op));
  }
  return NodeReader(*found->second);
}

}  // namespace sermo::model::onnx
