#include "sermo/learn/nn/elementwise_layers.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "sermo/base/random.h"
#include "sermo/model/nn/aligned_floats.h"
#include "sermo/model/nn/elementwise.h"

namespace sermo::learn::nn {
namespace {

using model::nn::AlignedFloats;

class ReluLayer final : public Layer {
 public:
  explicit ReluLayer(const Wiring& w) : w_(w) {}

  void forward(Mode) override { model::nn::relu(w_.in, w_.out); }
  void backward() override {
    const float* dy = w_.out_gradient.data();
    const float* y = w_.out.data();
    float* dx = w_.in_gradient.data();
    // As a product, so that no branch is taken.
    for (size_t i = 0; i < w_.in_gradient.size(); ++i) {
      const float is_on = y[i] > 0.0f ? 1.0f : 0.0f;
      dx[i] = dy[i] * is_on;
    }
  }

 private:
  Wiring w_;
};

// Ioffe & Szegedy 2015 over rows and steps: xhat = (x - mean) / sqrt(variance + epsilon),
// y = gamma xhat + beta, with the population variance.
class BatchNormLayer final : public Layer {
 public:
  explicit BatchNormLayer(const Wiring& w)
      : w_(w),
        channels_(w.layer.input.channels),
        count_(w.in.size() / channels_),
        gamma_(weight(0)),
        beta_(weight(1)),
        moving_mean_(weight(2)),
        moving_variance_(weight(3)),
        gamma_gradient_(w.gradients + w.layer.weights[0].offset),
        beta_gradient_(w.gradients + w.layer.weights[1].offset),
        mean_(channels_),
        variance_(channels_),
        inverse_deviation_(channels_),
        scale_(channels_),
        shift_(channels_),
        x_factor_(channels_),
        constant_(channels_) {}

  void forward(Mode mode) override {
    if (mode == Mode::kTraining) {
      measure_batch();
    } else {
      std::copy_n(moving_mean_, channels_, mean_.begin());
      std::copy_n(moving_variance_, channels_, variance_.begin());
    }
    for (size_t c = 0; c < channels_; ++c) {
      inverse_deviation_[c] = 1.0f / std::sqrt(variance_[c] + model::nn::kBatchNormEpsilon);
      scale_[c] = gamma_[c] * inverse_deviation_[c];
      shift_[c] = beta_[c] - mean_[c] * scale_[c];
    }
    model::nn::scale_and_shift(w_.in, scale_, shift_, w_.out);
  }

  // With sums over all rows and steps: dbeta = sum dy, dgamma = sum dy xhat,
  // dx = gamma / deviation * (dy - dbeta / n - xhat dgamma / n).
  void backward() override {
    float* dgamma = gamma_gradient_;
    float* dbeta = beta_gradient_;
    std::fill_n(dgamma, channels_, 0.0f);
    std::fill_n(dbeta, channels_, 0.0f);
    for (size_t r = 0; r < count_; ++r) {
      const float* x = w_.in.data() + r * channels_;
      const float* dy = w_.out_gradient.data() + r * channels_;
      for (size_t c = 0; c < channels_; ++c) {
        dbeta[c] += dy[c];
        dgamma[c] += dy[c] * (x[c] - mean_[c]);
      }
    }
    for (size_t c = 0; c < channels_; ++c) dgamma[c] *= inverse_deviation_[c];
    if (w_.in_gradient.empty()) return;

    // The same as scale dy + x_factor x + constant, channel by channel.
    const auto n = static_cast<float>(count_);
    for (size_t c = 0; c < channels_; ++c) {
      x_factor_[c] = -scale_[c] * inverse_deviation_[c] * dgamma[c] / n;
      constant_[c] = -scale_[c] * dbeta[c] / n - x_factor_[c] * mean_[c];
    }
    for (size_t r = 0; r < count_; ++r) {
      const float* x = w_.in.data() + r * channels_;
      const float* dy = w_.out_gradient.data() + r * channels_;
      float* dx = w_.in_gradient.data() + r * channels_;
      for (size_t c = 0; c < channels_; ++c)
        dx[c] = scale_[c] * dy[c] + x_factor_[c] * x[c] + constant_[c];
    }
  }

 private:
  float* weight(size_t index) const { return w_.weights + w_.layer.weights[index].offset; }

  // Mean and variance of this batch, in two passes; the moving averages follow them.
  void measure_batch() {
    const auto n = static_cast<float>(count_);
    std::fill(mean_.begin(), mean_.end(), 0.0f);
    for (size_t r = 0; r < count_; ++r) {
      const float* x = w_.in.data() + r * channels_;
      for (size_t c = 0; c < channels_; ++c) mean_[c] += x[c];
    }
    for (float& mean : mean_) mean /= n;
    std::fill(variance_.begin(), variance_.end(), 0.0f);
    for (size_t r = 0; r < count_; ++r) {
      const float* x = w_.in.data() + r * channels_;
      for (size_t c = 0; c < channels_; ++c) variance_[c] += (x[c] - mean_[c]) * (x[c] - mean_[c]);
    }
    for (size_t c = 0; c < channels_; ++c) {
      variance_[c] /= n;
      moving_mean_[c] += (1.0f - kBatchNormMomentum) * (mean_[c] - moving_mean_[c]);
      moving_variance_[c] += (1.0f - kBatchNormMomentum) * (variance_[c] - moving_variance_[c]);
    }
  }

  Wiring w_;
  size_t channels_;
  size_t count_;  // rows times steps
  const float* gamma_;
  const float* beta_;
  float* moving_mean_;
  float* moving_variance_;
  float* gamma_gradient_;
  float* beta_gradient_;
  // Of the last forward(): one value a channel.
  std::vector<float> mean_;
  std::vector<float> variance_;
  std::vector<float> inverse_deviation_;
  std::vector<float> scale_;  // gamma / deviation
  std::vector<float> shift_;  // beta - mean scale
  // Of backward().
  std::vector<float> x_factor_;
  std::vector<float> constant_;
};

// The gradient goes to the first step that holds the largest value.
class MaxPoolLayer final : public Layer {
 public:
  MaxPoolLayer(const Wiring& w, size_t size)
      : w_(w),
        size_(size),
        channels_(w.layer.input.channels),
        steps_(w.layer.input.steps),
        pooled_(w.layer.output.steps),
        rest_(channels_) {}

  void forward(Mode) override {
    model::nn::max_pool(w_.in, w_.num_rows, w_.layer.input, size_, w_.out);
  }
  void backward() override {
    std::fill(w_.in_gradient.begin(), w_.in_gradient.end(), 0.0f);
    for (size_t r = 0; r < w_.num_rows; ++r) {
      for (size_t p = 0; p < pooled_; ++p) {
        const size_t out_begin = (r * pooled_ + p) * channels_;
        std::copy_n(w_.out_gradient.data() + out_begin, channels_, rest_.begin());
        const float* y = w_.out.data() + out_begin;
        for (size_t s = 0; s < size_; ++s) {
          const size_t in_begin = (r * steps_ + p * size_ + s) * channels_;
          const float* x = w_.in.data() + in_begin;
          float* dx = w_.in_gradient.data() + in_begin;
          for (size_t c = 0; c < channels_; ++c) {
            dx[c] = x[c] == y[c] ? rest_[c] : 0.0f;
            rest_[c] = x[c] == y[c] ? 0.0f : rest_[c];
          }
        }
      }
    }
  }

 private:
  Wiring w_;
  size_t size_;
  size_t channels_;
  size_t steps_;
  size_t pooled_;
  std::vector<float> rest_;  // of one step's gradient: what no step has taken yet
};

class DropoutLayer final : public Layer {
 public:
  DropoutLayer(const Wiring& w, float rate)
      : w_(w),
        // The chance in 65536ths.
        threshold_(static_cast<uint32_t>(std::lround(rate * 65536.0f))),
        kept_(1.0f / (1.0f - static_cast<float>(threshold_) / 65536.0f)),
        random_(w.seed, w.stream),
        factors_(w.out.size()) {}

  void forward(Mode mode) override {
    if (mode == Mode::kInference || threshold_ == 0) {
      if (w_.out.data() != w_.in.data()) std::copy(w_.in.begin(), w_.in.end(), w_.out.begin());
      std::fill(factors_.begin(), factors_.end(), 1.0f);
      return;
    }
    draw();
    for (size_t i = 0; i < w_.out.size(); ++i) w_.out[i] = w_.in[i] * factors_[i];
  }
  void backward() override {
    for (size_t i = 0; i < w_.in_gradient.size(); ++i)
      w_.in_gradient[i] = w_.out_gradient[i] * factors_[i];
  }

 private:
  // Four decisions from each draw, without branches; locals, so that they stay in registers.
  void draw() {
    Random random = random_;
    const auto factor = [threshold = threshold_, kept = kept_](uint64_t bits) {
      return static_cast<uint32_t>(bits & 0xffff) >= threshold ? kept : 0.0f;
    };
    float* factors = factors_.data();
    const size_t size = factors_.size();
    size_t i = 0;
    for (; i + 4 <= size; i += 4) {
      const uint64_t bits = random.next();
      for (size_t j = 0; j < 4; ++j) factors[i + j] = factor(bits >> (16 * j));
    }
    for (; i < size; ++i) factors[i] = factor(random.next());
    random_ = random;
  }

  Wiring w_;
  uint32_t threshold_;
  float kept_;  // what a kept value is multiplied by
  Random random_;
  AlignedFloats factors_;
};

}  // namespace

std::unique_ptr<Layer> make_relu(const Wiring& wiring) {
  return std::make_unique<ReluLayer>(wiring);
}
std::unique_ptr<Layer> make_batch_norm(const Wiring& wiring) {
  return std::make_unique<BatchNormLayer>(wiring);
}
std::unique_ptr<Layer> make_max_pool(const Wiring& wiring, const model::nn::MaxPool& pool) {
  return std::make_unique<MaxPoolLayer>(wiring, pool.size);
}
std::unique_ptr<Layer> make_dropout(const Wiring& wiring, const model::nn::Dropout& dropout) {
  return std::make_unique<DropoutLayer>(wiring, dropout.rate);
}

}  // namespace sermo::learn::nn
