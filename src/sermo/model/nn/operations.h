// The operations in which nets spend their time, on oneDNN and bound to fixed arrays: matrix
// product, convolution over steps and recurrence, forward and backward.
//
// Everything is planned at construction: memory, layouts, the compiled kernel; `run` only computes.
// (oneDNN itself still takes small blocks for argument lists and for packing inside a product.)
// All arrays are plain and row-major, channels last, weights in Keras's layouts; the caller keeps
// them alive and in place. For the sources of model/nn and learn/nn only. Thread rule: an object
// belongs to one thread at a time, and is made and run under OnOneThread.
#pragma once

#include <cstddef>
#include <memory>

namespace sermo::model::nn {

// While alive, oneDNN (through OpenMP) keeps to the calling thread: nets run side by side, one a
// thread, and results never depend on the machine's number of cores.
class OnOneThread {
 public:
  OnOneThread();
  ~OnOneThread();
  OnOneThread(const OnOneThread&) = delete;
  OnOneThread& operator=(const OnOneThread&) = delete;

 private:
  int previous_;
};

// A row-major matrix as a factor; `transposed` means that the array holds [cols, rows].
struct Factor {
  const float* data;
  size_t rows;
  size_t cols;
  bool transposed = false;
};

// out [a.rows, b.cols] = a b, plus bias to each row unless it is null.
class MatrixProduct {
 public:
  MatrixProduct(Factor a, Factor b, const float* bias, float* out);
  ~MatrixProduct();
  void run() const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

struct ConvolutionShape {
  size_t batch;
  size_t steps;
  size_t in_channels;
  size_t out_channels;
  size_t kernel;  // odd; the input is padded by half of it on both sides
};

// y [batch, steps, out] of x [batch, steps, in], kernel [width, in, out] and bias [out].
class Convolution {
 public:
  Convolution(ConvolutionShape shape, const float* x, const float* kernel, const float* bias,
              float* y);
  ~Convolution();
  void load_weights() const;  // after every change of the weights
  void run() const;

 private:
  friend class ConvolutionGradient;
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

// From dy: the gradients of kernel and bias, and dx unless it is null.
class ConvolutionGradient {
 public:
  ConvolutionGradient(const Convolution& forward, const float* dy, float* dx, float* dkernel,
                      float* dbias);
  ~ConvolutionGradient();
  void run() const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

enum class Cell { kLstm, kGru };

struct RecurrenceShape {
  Cell cell;
  size_t batch;
  size_t steps;
  size_t in_channels;
  size_t units;
};

struct RecurrenceWeights {
  const float* kernel;            // [in, gates * units]; 4 gates (LSTM) or 3 (GRU)
  const float* recurrent_kernel;  // [units, gates * units]
  const float* bias;              // [4 * units]
};

// The states y [batch, steps, units] of x [batch, steps, in], from a zero state.
class Recurrence {
 public:
  enum class Use { kInference, kTraining };

  Recurrence(RecurrenceShape shape, Use use, const float* x, RecurrenceWeights weights, float* y);
  ~Recurrence();
  void load_weights() const;  // after every change of the weights
  void run() const;

 private:
  friend class RecurrenceGradient;
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

struct RecurrenceGradients {
  float* kernel;
  float* recurrent_kernel;
  float* bias;
};

// From dy [batch, steps, units]: the gradients of the weights, and dx unless it is null. `forward`
// was made for training and has run on the same numbers.
class RecurrenceGradient {
 public:
  RecurrenceGradient(const Recurrence& forward, const float* dy, float* dx,
                     RecurrenceGradients gradients);
  ~RecurrenceGradient();
  void run() const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sermo::model::nn
