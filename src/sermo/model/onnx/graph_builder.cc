#include "sermo/model/onnx/graph_builder.h"

#include <sermo_onnx.pb.h>

#include <bit>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::model::onnx {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

template <typename T>
void add_initializer(sermo_onnx::GraphProto& graph, const std::string& name,
                     sermo_onnx::TensorProto::DataType type, std::span<const T> values,
                     const std::vector<int64_t>& shape) {
  size_t num_values = 1;
  sermo_onnx::TensorProto& tensor = *graph.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (int64_t extent : shape) {
    tensor.add_dims(extent);
    num_values *= static_cast<size_t>(extent);
  }
  SERMO_CHECK(num_values == values.size(), "an initialiser's shape multiplies to its values");
  tensor.set_raw_data(values.data(), values.size_bytes());
}

struct SetValue {
  sermo_onnx::AttributeProto& proto;

  void operator()(int64_t value) const {
    proto.set_type(sermo_onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(float value) const {
    proto.set_type(sermo_onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(std::string& value) const {
    proto.set_type(sermo_onnx::AttributeProto::STRING);
    proto.set_s(std::move(value));
  }
  void operator()(const std::vector<int64_t>& values) const {
    proto.set_type(sermo_onnx::AttributeProto::INTS);
    proto.mutable_ints()->Add(values.begin(), values.end());
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(sermo_onnx::AttributeProto::FLOATS);
    proto.mutable_floats()->Add(values.begin(), values.end());
  }
  void operator()(std::vector<std::string>& values) const {
    proto.set_type(sermo_onnx::AttributeProto::STRINGS);
    for (std::string& value : values) proto.add_strings(std::move(value));
  }
};

}  // namespace

Attribute cast_to_double() { return {"to", int64_t{sermo_onnx::TensorProto::DOUBLE}}; }
Attribute cast_to_float() { return {"to", int64_t{sermo_onnx::TensorProto::FLOAT}}; }

GraphBuilder::GraphBuilder(sermo_onnx::GraphProto& graph, std::string prefix)
    : graph_(&graph), prefix_(std::move(prefix)) {}

GraphBuilder GraphBuilder::scope(std::string_view name) const {
  return GraphBuilder(*graph_, qualified(name) + "/");
}

std::string GraphBuilder::floats(std::string_view name, std::span<const float> values,
                                 const std::vector<int64_t>& shape) {
  std::string full_name = qualified(name);
  add_initializer(*graph_, full_name, sermo_onnx::TensorProto::FLOAT, values, shape);
  return full_name;
}

std::string GraphBuilder::doubles(std::string_view name, std::span<const double> values,
                                  const std::vector<int64_t>& shape) {
  std::string full_name = qualified(name);
  add_initializer(*graph_, full_name, sermo_onnx::TensorProto::DOUBLE, values, shape);
  return full_name;
}

std::string GraphBuilder::ints(std::string_view name, std::span<const int64_t> values,
                               const std::vector<int64_t>& shape) {
  std::string full_name = qualified(name);
  add_initializer(*graph_, full_name, sermo_onnx::TensorProto::INT64, values, shape);
  return full_name;
}

std::vector<std::string> GraphBuilder::add(Node node) {
  sermo_onnx::NodeProto& proto = *graph_->add_node();
  proto.set_name(qualified(node.name));
  proto.set_op_type(std::string(node.op));
  proto.set_domain(std::string(node.domain));
  if (!node.doc.empty()) proto.set_doc_string(std::move(node.doc));
  for (std::string& input : node.inputs) proto.add_input(std::move(input));
  std::vector<std::string> outputs = {proto.name()};
  for (const std::string& output : node.further_outputs) outputs.push_back(qualified(output));
  for (const std::string& output : outputs) proto.add_output(output);
  for (Attribute& attribute : node.attributes) {
    sermo_onnx::AttributeProto& added = *proto.add_attribute();
    added.set_name(std::move(attribute.name));
    std::visit(SetValue{added}, attribute.value);
  }
  return outputs;
}

std::string GraphBuilder::node(std::string_view name, std::string_view op,
                               std::vector<std::string> inputs, std::vector<Attribute> attributes) {
  return add({.name = std::string(name),
              .op = op,
              .inputs = std::move(inputs),
              .attributes = std::move(attributes)})
      .front();
}

}  // namespace sermo::model::onnx
