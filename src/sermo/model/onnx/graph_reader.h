// Reads an ONNX graph that a GraphBuilder may have built, or that anyone may have made up: values
// by name, each checked against the kind, shape and number that the caller expects before it is
// handed out.
//
// Floats are finite, counts agree with the bytes present. Failures are kCorrupt and name the
// initialiser or attribute. Thread rule: immutable; must not outlive the graph it looks at.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"

namespace sermo_onnx {
class AttributeProto;
class GraphProto;
class NodeProto;
class TensorProto;
}  // namespace sermo_onnx

namespace sermo::model::onnx {

// In an expected shape: this extent may be anything.
inline constexpr int64_t kAny = -1;

struct FloatTensor {
  std::vector<float> values;   // row-major
  std::vector<int64_t> shape;  // every extent >= 0; multiplies to values.size()
};
struct DoubleTensor {
  std::vector<double> values;
  std::vector<int64_t> shape;
};
struct IntTensor {
  std::vector<int64_t> values;
  std::vector<int64_t> shape;
};

// The attributes of one node. An absent attribute is kCorrupt; ask has() where it is optional.
class NodeReader {
 public:
  explicit NodeReader(const sermo_onnx::NodeProto& node) : node_(&node) {}

  const std::string& doc() const;
  bool has(std::string_view attribute) const;
  Result<int64_t> integer(std::string_view attribute) const;
  Result<float> real(std::string_view attribute) const;
  Result<std::string> text(std::string_view attribute) const;
  // Views of the graph; trees have lists of a million.
  Result<std::span<const int64_t>> integers(std::string_view attribute) const;
  Result<std::span<const float>> reals(std::string_view attribute) const;
  Result<std::vector<std::string_view>> texts(std::string_view attribute) const;

 private:
  Result<const sermo_onnx::AttributeProto*> find(std::string_view attribute, int type) const;

  const sermo_onnx::NodeProto* node_;
};

class GraphReader {
 public:
  // kCorrupt when two initialisers or two nodes share a name.
  static Result<GraphReader> create(const sermo_onnx::GraphProto& graph);

  // The part of the graph that the builder's scope of this name wrote.
  GraphReader scope(std::string_view name) const;

  bool has_initializer(std::string_view name) const;
  Result<FloatTensor> floats(std::string_view name, const std::vector<int64_t>& shape) const;
  Result<DoubleTensor> doubles(std::string_view name, const std::vector<int64_t>& shape) const;
  Result<IntTensor> ints(std::string_view name, const std::vector<int64_t>& shape) const;

  // The node of that name, which must be that operator.
  Result<NodeReader> node(std::string_view name, std::string_view op) const;

 private:
  struct Index {
    std::map<std::string, const sermo_onnx::TensorProto*, std::less<>> initializers;
    std::map<std::string, const sermo_onnx::NodeProto*, std::less<>> nodes;
  };

  GraphReader(std::shared_ptr<const Index> index, std::string prefix);

  template <typename Tensor, typename T>
  Result<Tensor> tensor(std::string_view name, int type, const std::vector<int64_t>& shape) const;

  template <typename Tensor>
  Result<Tensor> finite(std::string_view name, Result<Tensor> tensor) const;

  std::shared_ptr<const Index> index_;
  std::string prefix_;
};

}  // namespace sermo::model::onnx
