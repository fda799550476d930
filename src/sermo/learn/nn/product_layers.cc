#include "sermo/learn/nn/product_layers.h"

#include <algorithm>
#include <optional>

#include "sermo/model/nn/aligned_floats.h"

namespace sermo::learn::nn {
namespace {

using model::nn::AlignedFloats;
using model::nn::Convolution;
using model::nn::ConvolutionGradient;
using model::nn::Factor;
using model::nn::MatrixProduct;
using model::nn::Recurrence;
using model::nn::RecurrenceGradient;

float* weight(const Wiring& w, size_t index) { return w.weights + w.layer.weights[index].offset; }
float* gradient(const Wiring& w, size_t index) {
  return w.gradients + w.layer.weights[index].offset;
}
float* data_or_null(std::span<float> values) { return values.empty() ? nullptr : values.data(); }

// y = x W + b; dW = x' dy, db = sum of dy's rows, dx = dy W'.
class DenseLayer final : public Layer {
 public:
  explicit DenseLayer(const Wiring& w)
      : rows_(w.num_rows),
        in_(w.layer.input.channels),
        units_(w.layer.output.channels),
        dy_(w.out_gradient.data()),
        bias_gradient_(gradient(w, 1)),
        forward_({w.in.data(), rows_, in_}, {weight(w, 0), in_, units_}, weight(w, 1),
                 w.out.data()),
        kernel_gradient_({w.in.data(), in_, rows_, true}, {dy_, rows_, units_}, nullptr,
                         gradient(w, 0)) {
    if (!w.in_gradient.empty()) {
      in_gradient_.emplace(Factor{dy_, rows_, units_}, Factor{weight(w, 0), units_, in_, true},
                           nullptr, w.in_gradient.data());
    }
  }

  void forward(Mode) override { forward_.run(); }
  void backward() override {
    kernel_gradient_.run();
    std::fill_n(bias_gradient_, units_, 0.0f);
    for (size_t r = 0; r < rows_; ++r)
      for (size_t u = 0; u < units_; ++u) bias_gradient_[u] += dy_[r * units_ + u];
    if (in_gradient_) in_gradient_->run();
  }

 private:
  size_t rows_;
  size_t in_;
  size_t units_;
  const float* dy_;
  float* bias_gradient_;
  MatrixProduct forward_;
  MatrixProduct kernel_gradient_;
  std::optional<MatrixProduct> in_gradient_;
};

class Conv1dLayer final : public Layer {
 public:
  Conv1dLayer(const Wiring& w, const model::nn::Conv1d& conv)
      : forward_(
            {w.num_rows, w.layer.input.steps, w.layer.input.channels, conv.filters, conv.kernel},
            w.in.data(), weight(w, 0), weight(w, 1), w.out.data()),
        backward_(forward_, w.out_gradient.data(), data_or_null(w.in_gradient), gradient(w, 0),
                  gradient(w, 1)) {}

  void forward(Mode) override {
    forward_.load_weights();
    forward_.run();
  }
  void backward() override { backward_.run(); }

 private:
  Convolution forward_;
  ConvolutionGradient backward_;
};

// Gives every step's state, or only the last one's.
class RecurrentLayer final : public Layer {
 public:
  RecurrentLayer(const Wiring& w, model::nn::Cell cell, size_t units, bool sequences)
      : rows_(w.num_rows),
        steps_(w.layer.input.steps),
        units_(units),
        out_(w.out),
        out_gradient_(w.out_gradient),
        states_(sequences ? 0 : rows_ * steps_ * units_),
        states_gradient_(states_.size()),
        forward_({cell, rows_, steps_, w.layer.input.channels, units_}, Recurrence::Use::kTraining,
                 w.in.data(), {weight(w, 0), weight(w, 1), weight(w, 2)},
                 sequences ? w.out.data() : states_.data()),
        backward_(forward_, sequences ? w.out_gradient.data() : states_gradient_.data(),
                  data_or_null(w.in_gradient), {gradient(w, 0), gradient(w, 1), gradient(w, 2)}) {}

  void forward(Mode) override {
    forward_.load_weights();
    forward_.run();
    if (states_.empty()) return;
    for (size_t r = 0; r < rows_; ++r)
      std::copy_n(states_.data() + last_state(r), units_, out_.data() + r * units_);
  }
  void backward() override {
    // All steps but the last keep their gradient of zero.
    for (size_t r = 0; r < rows_ && !states_.empty(); ++r)
      std::copy_n(out_gradient_.data() + r * units_, units_,
                  states_gradient_.data() + last_state(r));
    backward_.run();
  }

 private:
  size_t last_state(size_t row) const { return ((row + 1) * steps_ - 1) * units_; }

  size_t rows_;
  size_t steps_;
  size_t units_;
  std::span<float> out_;
  std::span<const float> out_gradient_;
  AlignedFloats states_;  // where only the last is given
  AlignedFloats states_gradient_;
  Recurrence forward_;
  RecurrenceGradient backward_;
};

}  // namespace

std::unique_ptr<Layer> make_dense(const Wiring& wiring) {
  return std::make_unique<DenseLayer>(wiring);
}
std::unique_ptr<Layer> make_conv1d(const Wiring& wiring, const model::nn::Conv1d& conv) {
  return std::make_unique<Conv1dLayer>(wiring, conv);
}
std::unique_ptr<Layer> make_recurrent(const Wiring& wiring, model::nn::Cell cell, size_t units,
                                      bool sequences) {
  return std::make_unique<RecurrentLayer>(wiring, cell, units, sequences);
}

}  // namespace sermo::learn::nn
