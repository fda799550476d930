// Builds an ONNX graph: named initialisers and nodes of standard operators.
//
// Names are what a reader (graph_reader.h) asks for, so each is unique within its builder; scope()
// gives a builder that puts a prefix before every name, so that parts of a graph cannot clash.
// Protobuf stays behind this header. Thread rule: one graph, one thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sermo_onnx {
class GraphProto;
}

namespace sermo::model::onnx {

// Operator domains and the versions that every artifact uses: opset 15 and 3, ir_version 8.
inline constexpr std::string_view kOnnx = "";
inline constexpr std::string_view kOnnxMl = "ai.onnx.ml";

struct Attribute {
  std::string name;
  std::variant<int64_t, float, std::string, std::vector<int64_t>, std::vector<float>,
               std::vector<std::string>>
      value;
};

// The attribute of Cast nodes that go over to float64 and back.
Attribute cast_to_double();
Attribute cast_to_float();

struct Node {
  std::string name;
  std::string_view op;  // "MatMul", "TreeEnsembleClassifier", ...
  std::string_view domain = kOnnx;
  std::vector<std::string> inputs;  // as returned by the builder
  std::vector<Attribute> attributes = {};
  std::vector<std::string> further_outputs = {};  // names; the first output has the node's name
  std::string doc = {};                           // a text that runtimes pass over
};

class GraphBuilder {
 public:
  // `graph` must outlive the builder.
  explicit GraphBuilder(sermo_onnx::GraphProto& graph, std::string prefix = "");

  GraphBuilder scope(std::string_view name) const;

  // Initialisers; `shape` multiplies to the number of values ([] is a scalar). Each returns the
  // name by which nodes refer to it.
  std::string floats(std::string_view name, std::span<const float> values,
                     const std::vector<int64_t>& shape);
  std::string doubles(std::string_view name, std::span<const double> values,
                      const std::vector<int64_t>& shape);
  std::string ints(std::string_view name, std::span<const int64_t> values,
                   const std::vector<int64_t>& shape);

  // Adds a node after those it depends on; returns all its outputs, or the first one.
  std::vector<std::string> add(Node node);
  std::string node(std::string_view name, std::string_view op, std::vector<std::string> inputs,
                   std::vector<Attribute> attributes = {});

 private:
  std::string qualified(std::string_view name) const { return prefix_ + std::string(name); }

  sermo_onnx::GraphProto* graph_;
  std::string prefix_;
};

}  // namespace sermo::model::onnx
