#include "sermo/model/nn/forward_pass.h"

#include <algorithm>
#include <cmath>

#include "sermo/model/nn/elementwise.h"
#include "sermo/model/nn/operations.h"

namespace sermo::model::nn {
namespace {

// Makes the step of one layer. Layers that change nothing at inference make none.
struct StepMaker {
  const PlannedLayer& layer;
  const float* weights;
  size_t num_rows;
  const AlignedFloats& in;
  AlignedFloats& out;

  using Step = std::function<void()>;

  const float* weight(size_t index) const { return weights + layer.weights[index].offset; }

  Step operator()(const Sequence&) const { return nullptr; }
  Step operator()(const Dropout&) const { return nullptr; }
  Step operator()(const Flatten&) const { return nullptr; }

  Step operator()(const Dense& l) const {
    const size_t num_in = layer.input.channels;
    const auto multiply =
        std::make_shared<MatrixProduct>(Factor{in.data(), num_rows, num_in},
                                        Factor{weight(0), num_in, l.units}, weight(1), out.data());
    return [multiply] { multiply->run(); };
  }
  Step operator()(const Conv1d& l) const {
    const auto convolve = std::make_shared<Convolution>(
        ConvolutionShape{num_rows, layer.input.steps, layer.input.channels, l.filters, l.kernel},
        in.data(), weight(0), weight(1), out.data());
    convolve->load_weights();
    return [convolve] { convolve->run(); };
  }
  Step operator()(const Relu&) const {
    return [this_in = std::span(in), this_out = std::span(out)] { relu(this_in, this_out); };
  }
  Step operator()(const BatchNorm&) const {
    const size_t num_channels = layer.input.channels;
    std::vector<float> scale(num_channels);
    std::vector<float> shift(num_channels);
    for (size_t c = 0; c < num_channels; ++c) {
      scale[c] = weight(0)[c] / std::sqrt(weight(3)[c] + kBatchNormEpsilon);
      shift[c] = weight(1)[c] - weight(2)[c] * scale[c];
    }
    return [scale, shift, this_in = std::span(in), this_out = std::span(out)] {
      scale_and_shift(this_in, scale, shift, this_out);
    };
  }
  Step operator()(const MaxPool& l) const {
    return [size = l.size, shape = layer.input, rows = num_rows, this_in = std::span(in),
            this_out = std::span(out)] { max_pool(this_in, rows, shape, size, this_out); };
  }
  Step operator()(const Lstm& l) const { return recurrence(Cell::kLstm, l.units, l.sequences); }
  Step operator()(const Gru& l) const { return recurrence(Cell::kGru, l.units, l.sequences); }
  Step operator()(const Softmax&) const {
    return [num_labels = layer.input.channels, this_in = std::span(in), this_out = std::span(out)] {
      softmax(this_in, num_labels, this_out);
    };
  }

 private:
  Step recurrence(Cell cell, size_t units, bool sequences) const {
    const size_t num_steps = layer.input.steps;
    const auto states =
        std::make_shared<AlignedFloats>(sequences ? 0 : num_rows * num_steps * units);
    const auto recur = std::make_shared<Recurrence>(
        RecurrenceShape{cell, num_rows, num_steps, layer.input.channels, units},
        Recurrence::Use::kInference, in.data(), RecurrenceWeights{weight(0), weight(1), weight(2)},
        sequences ? out.data() : states->data());
    recur->load_weights();
    if (sequences) return [recur] { recur->run(); };
    return [recur, states, num_steps, units, rows = num_rows, to = std::span(out)] {
      recur->run();
      for (size_t r = 0; r < rows; ++r) {
        const float* last = states->data() + ((r + 1) * num_steps - 1) * units;
        std::copy_n(last, units, to.data() + r * units);
      }
    };
  }
};

}  // namespace

ForwardPass::ForwardPass(const Plan& plan, const float* weights, size_t num_rows) {
  activations_.reserve(plan.layers.size() + 1);  // steps look at them: they must not move
  activations_.emplace_back(num_rows * plan.num_features);
  for (const PlannedLayer& layer : plan.layers) {
    AlignedFloats out(num_rows * layer.output.size());
    const StepMaker maker{layer, weights, num_rows, activations_.back(), out};
    if (std::function<void()> step = std::visit(maker, layer.layer)) {
      steps_.push_back(std::move(step));
      activations_.push_back(std::move(out));  // keeps its address
    }
  }
}

std::span<const float> ForwardPass::run() {
  for (const std::function<void()>& step : steps_) step();
  return activations_.back();
}

}  // namespace sermo::model::nn
