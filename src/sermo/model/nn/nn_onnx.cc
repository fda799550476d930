#include "sermo/model/nn/nn_onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "sermo/model/nn/neural_net.h"

namespace sermo::model::nn {
namespace {

using onnx::Attribute;
using onnx::GraphBuilder;
using Ints = std::vector<int64_t>;

int64_t extent(size_t size) { return static_cast<int64_t>(size); }

// ONNX orders an LSTM's gates input, output, forget, cell, where ours are input, forget, cell,
// output; a GRU's are the same. ONNX has two biases a gate, for input and state.
constexpr size_t kZero = SIZE_MAX;
constexpr std::array<size_t, 4> kLstmGates = {0, 3, 1, 2};
constexpr std::array<size_t, 3> kGruGates = {0, 1, 2};
constexpr std::array<size_t, 8> kLstmBiases = {0, 3, 1, 2, kZero, kZero, kZero, kZero};
constexpr std::array<size_t, 6> kGruBiases = {0, 1, 2, kZero, kZero, 3};

std::span<const size_t> gates_of(const Layer& layer) {
  if (std::holds_alternative<Lstm>(layer)) return kLstmGates;
  if (std::holds_alternative<Gru>(layer)) return kGruGates;
  return {};
}
std::span<const size_t> biases_of(const Layer& layer) {
  return std::holds_alternative<Lstm>(layer) ? std::span<const size_t>(kLstmBiases) : kGruBiases;
}

// The shape of a weight in ONNX: a convolution's [width, in, out] is [out, in, width]; a recurrent
// layer's [in, gates * units] is [1, gates * units, in].
Ints onnx_shape(const Layer& layer, const Weight& weight) {
  const bool is_recurrent = !gates_of(layer).empty();
  if (is_recurrent && weight.shape.size() == 1)
    return {1, extent(biases_of(layer).size() * weight.size() / 4)};
  Ints shape;
  for (size_t size : weight.shape) shape.push_back(extent(size));
  if (is_recurrent || shape.size() == 3) std::reverse(shape.begin(), shape.end());
  if (is_recurrent) shape.insert(shape.begin(), 1);
  return shape;
}

// For each of its values there, the place of the same value in our array, or kZero.
std::vector<size_t> onnx_source(const Layer& layer, const Weight& weight) {
  const std::span<const size_t> gates = gates_of(layer);
  std::vector<size_t> source;
  source.reserve(weight.size());
  if (!gates.empty() && weight.shape.size() == 1) {
    const size_t num_units = weight.size() / 4;
    for (size_t block : biases_of(layer)) {
      for (size_t u = 0; u < num_units; ++u)
        source.push_back(block == kZero ? kZero : block * num_units + u);
    }
  } else if (!gates.empty()) {
    const size_t num_in = weight.shape[0];
    const size_t num_units = weight.shape[1] / gates.size();
    for (size_t gate : gates) {
      for (size_t u = 0; u < num_units; ++u)
        for (size_t i = 0; i < num_in; ++i)
          source.push_back(i * weight.shape[1] + gate * num_units + u);
    }
  } else if (weight.shape.size() == 3) {
    const size_t width = weight.shape[0];
    const size_t num_in = weight.shape[1];
    const size_t num_out = weight.shape[2];
    for (size_t o = 0; o < num_out; ++o) {
      for (size_t i = 0; i < num_in; ++i)
        for (size_t k = 0; k < width; ++k) source.push_back((k * num_in + i) * num_out + o);
    }
  } else {
    source.resize(weight.size());
    std::iota(source.begin(), source.end(), size_t{0});
  }
  return source;
}

// Adds the nodes of one layer; `x` is the name of its input and becomes that of its output.
struct LayerWriter {
  const NeuralNet& net;
  const PlannedLayer& layer;
  GraphBuilder& graph;
  std::string& x;

  void operator()(const Sequence&) const {
    x = graph.node(layer.name, "Unsqueeze", {x, axes(1)});  // [N, 1, D]
  }
  void operator()(const Dense&) const {
    x = graph.node(layer.name, "Gemm", {x, weight(0), weight(1)});
  }
  void operator()(const Conv1d& l) const {
    const int64_t padding = extent(l.kernel / 2);
    x = graph.node(layer.name, "Conv", {x, weight(0), weight(1)},
                   {{"kernel_shape", Ints{extent(l.kernel)}}, {"pads", Ints{padding, padding}}});
  }
  void operator()(const Relu&) const { x = graph.node(layer.name, "Relu", {x}); }
  void operator()(const BatchNorm&) const {
    x = graph.node(layer.name, "BatchNormalization",
                   {x, weight(0), weight(1), weight(2), weight(3)},
                   {{"epsilon", kBatchNormEpsilon}});
  }
  void operator()(const MaxPool& l) const {
    const Ints size{extent(l.size)};
    x = graph.node(layer.name, "MaxPool", {x}, {{"kernel_shape", size}, {"strides", size}});
  }
  void operator()(const Dropout&) const {}
  void operator()(const Flatten&) const {
    x = graph.node(name("steps_first"), "Transpose", {x}, {{"perm", Ints{0, 2, 1}}});
    x = graph.node(layer.name, "Flatten", {x});
  }
  void operator()(const Lstm& l) const { recurrent("LSTM", l.units, l.sequences, {}); }
  void operator()(const Gru& l) const {
    recurrent("GRU", l.units, l.sequences, {{"linear_before_reset", int64_t{1}}});
  }
  void operator()(const Softmax&) const {
    x = graph
            .add({.name = layer.name,
                  .op = "Softmax",
                  .inputs = {x},
                  .attributes = {{"axis", int64_t{1}}},
                  .doc = to_text(net.graph())})
            .front();
  }

 private:
  void recurrent(std::string_view op, size_t units, bool sequences,
                 std::vector<Attribute> attributes) const {
    attributes.push_back({"hidden_size", extent(units)});
    const std::string steps_first =
        graph.node(name("steps_first"), "Transpose", {x}, {{"perm", Ints{2, 0, 1}}});
    const std::vector<std::string> outputs =
        graph.add({.name = layer.name,
                   .op = op,
                   .inputs = {steps_first, weight(0), weight(1), weight(2)},
                   .attributes = std::move(attributes),
                   .further_outputs = {name("last")}});
    if (sequences) {  // [steps, 1, N, units] to [N, units, steps]
      x = graph.node(name("one_direction"), "Squeeze", {outputs[0], axes(1)});
      x = graph.node(name("steps_last"), "Transpose", {x}, {{"perm", Ints{1, 2, 0}}});
    } else {  // [1, N, units] to [N, units]
      x = graph.node(name("one_direction"), "Squeeze", {outputs[1], axes(0)});
    }
  }

  std::string name(std::string_view part) const { return fmt::format("{}/{}", layer.name, part); }
  std::string axes(int64_t axis) const { return graph.ints(name("axes"), {&axis, 1}, {1}); }
  std::string weight(size_t index) const {
    const Weight& ours = layer.weights[index];
    const std::span<const float> values = net.values(ours);
    std::vector<float> theirs;
    for (size_t source : onnx_source(layer.layer, ours))
      theirs.push_back(source == kZero ? 0.0f : values[source]);
    return graph.floats(ours.name, theirs, onnx_shape(layer.layer, ours));
  }
};

}  // namespace

std::string write_neural_net(const Core& core, GraphBuilder graph, const std::string& scaled) {
  const auto& net = dynamic_cast<const NeuralNet&>(core);
  std::string x = scaled;
  for (const PlannedLayer& layer : net.plan().layers)
    std::visit(LayerWriter{net, layer, graph, x}, layer.layer);
  return x;
}

Result<std::shared_ptr<const Core>> read_neural_net(const onnx::GraphReader& graph,
                                                    onnx::CoreShape shape) {
  SERMO_TRY(const onnx::NodeReader last, graph.node("softmax_1", "Softmax"));
  SERMO_TRY(Graph layers, parse_graph(last.doc()));
  SERMO_TRY(const Plan plan, nn::plan(layers, shape.num_features));
  if (plan.num_labels != shape.num_labels) {
    return fail(ErrorCode::kMismatch,
                fmt::format("a net of {} labels, wanted {}", plan.num_labels, shape.num_labels));
  }
  // All arrays are taken out, and with that proven to be in the file, before room is made for them.
  std::vector<std::vector<float>> arrays;
  for (const PlannedLayer& layer : plan.layers) {
    for (const Weight& weight : layer.weights) {
      SERMO_TRY(onnx::FloatTensor theirs,
                graph.floats(weight.name, onnx_shape(layer.layer, weight)));
      arrays.push_back(std::move(theirs.values));
    }
  }
  AlignedFloats weights(plan.num_floats);
  size_t index = 0;
  for (const PlannedLayer& layer : plan.layers) {
    for (const Weight& weight : layer.weights) {
      const std::vector<size_t> source = onnx_source(layer.layer, weight);
      const std::vector<float>& theirs = arrays[index++];
      for (size_t i = 0; i < theirs.size(); ++i) {
        if (source[i] != kZero) weights[weight.offset + source[i]] = theirs[i];
      }
    }
  }
  return NeuralNet::create(std::move(layers), shape.num_features, std::move(weights));
}

}  // namespace sermo::model::nn
