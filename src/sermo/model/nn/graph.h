// A net as a list of layers: one description for training, inference, ONNX writing and people.
//
//   Graph{{Sequence{}, Conv1d{64, 5}, Relu{}, BatchNorm{}, MaxPool{2}, Dropout{.3f}, Flatten{},
//          Dense{128}, Relu{}, BatchNorm{}, Dropout{.3f}, Dense{num_labels}, Softmax{}}}
//
// Activations are either a vector [channels] or a sequence [steps, channels], channels last, as in
// Keras with its defaults. A Graph knows no numbers of features; `plan` puts it on an input and
// gives every activation its shape and every weight its name, shape and place. As text it reads
//   sequence conv1d(64,5) relu batch_norm max_pool(2) dropout(0.3) flatten dense(8) softmax
// Layers and their defaults equal Keras 3 layers of the same names. Thread rule: plain values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sermo/base/result.h"

namespace sermo::model::nn {

// The features [D] as a sequence of D steps with one channel: [D, 1].
struct Sequence {
  bool operator==(const Sequence&) const = default;
};
// y = x W + b, of a vector.
struct Dense {
  size_t units;
  bool operator==(const Dense&) const = default;
};
// Convolution over the steps, stride 1, zero padding that keeps the number of steps; odd kernels.
struct Conv1d {
  size_t filters;
  size_t kernel;
  bool operator==(const Conv1d&) const = default;
};
struct Relu {
  bool operator==(const Relu&) const = default;
};
// Each channel normalised by its moments over batch and steps (training) or by their moving
// averages (inference), then scaled and shifted.
struct BatchNorm {
  bool operator==(const BatchNorm&) const = default;
};
// The largest of each `size` steps; a rest of fewer steps is dropped.
struct MaxPool {
  size_t size;
  bool operator==(const MaxPool&) const = default;
};
// While training, zeroes this share of the values and scales the others by 1 / (1 - rate).
struct Dropout {
  float rate;
  bool operator==(const Dropout&) const = default;
};
// [steps, channels] as a vector, step after step.
struct Flatten {
  bool operator==(const Flatten&) const = default;
};
// Long short-term memory; gates in the order input, forget, cell, output. Gives the last step's
// state, or every step's.
struct Lstm {
  size_t units;
  bool sequences = false;
  bool operator==(const Lstm&) const = default;
};
// Gated recurrent unit whose reset gate acts after the recurrent product (Keras's reset_after);
// gates in the order update, reset, candidate.
struct Gru {
  size_t units;
  bool sequences = false;
  bool operator==(const Gru&) const = default;
};
// The end of every classifier: probabilities.
struct Softmax {
  bool operator==(const Softmax&) const = default;
};

using Layer = std::variant<Sequence, Dense, Conv1d, Relu, BatchNorm, MaxPool, Dropout, Flatten,
                           Lstm, Gru, Softmax>;

struct Graph {
  std::vector<Layer> layers;
  bool operator==(const Graph&) const = default;
};

inline constexpr float kBatchNormEpsilon = 1e-3f;

// The shape of one row's activation. A vector has one step.
struct Shape {
  bool is_sequence = false;
  size_t steps = 1;
  size_t channels = 0;

  size_t size() const { return steps * channels; }
  bool operator==(const Shape&) const = default;
};

enum class WeightRole {
  kKernel,           // multiplies the layer's input
  kInputKernel,      // likewise, of a recurrent layer: its gates side by side
  kRecurrentKernel,  // multiplies the state of the step before: its gates side by side
  kBias,
  kLstmBias,  // quarters: input gate, forget gate, candidate, output gate
  kGruBias,   // quarters: update gate, reset gate, candidate, the candidate's recurrent one
  kScale,
  kShift,
  kMovingMean,
  kMovingVariance,
};

// One named array of weights, and where it lies in the net's block of floats.
struct Weight {
  std::string name;  // "dense_1/kernel"
  WeightRole role;
  std::vector<size_t> shape;  // Keras's: kernel [in, out], [width, in, out], [in, gates * units]
  size_t offset = 0;          // in floats; a multiple of 16, so that every array is cache-aligned

  size_t size() const;
  bool trainable() const {
    return role != WeightRole::kMovingMean && role != WeightRole::kMovingVariance;
  }
};

struct PlannedLayer {
  Layer layer;
  std::string name;  // "conv1d_2": kind and number, counted from 1 for each kind
  Shape input;
  Shape output;
  std::vector<Weight> weights;
};

struct Plan {
  std::vector<PlannedLayer> layers;
  size_t num_features = 0;  // D
  size_t num_labels = 0;    // K
  size_t num_floats = 0;    // of the block that holds all weights, gaps included

  std::vector<Weight> weights() const;  // of all layers, in order
  size_t num_parameters() const;        // trainable and moving ones, without gaps
};

// Sizes beyond this are refused: no net here needs them, and a file must not make us take memory.
inline constexpr size_t kMaxWidth = 1 << 16;
inline constexpr size_t kMaxFloats = size_t{1} << 28;

// kMismatch where layers do not fit together: names the layer, what it got and what it wanted.
// kTooLarge for widths beyond kMaxWidth. The last layer must be Softmax on a vector.
Result<Plan> plan(const Graph& graph, size_t num_features);

// The textual form above, and back: kCorrupt for text that is not such a form.
std::string to_text(const Graph& graph);
Result<Graph> parse_graph(std::string_view text);

}  // namespace sermo::model::nn
