// Training rows in batches: shuffled anew for each epoch, and changed as the recipe says.
//
// Every batch is full: the last one of an epoch is filled up with other rows of the epoch. Thread
// rule: belongs to one thread at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/learn/nn/recipe.h"
#include "sermo/base/random.h"

namespace sermo::learn::nn {

// Scaled rows with one label and one weight each. Views.
struct NetRows {
  MatrixView features;              // [N, D]
  std::span<const int> labels;      // [N]
  std::span<const double> weights;  // [N]
};

struct Batch {
  std::span<float> features;     // [batch_size, D]
  std::span<float> targets;      // [batch_size, K]
  std::span<float> row_weights;  // [batch_size]
};

class Batches {
 public:
  // The rows must outlive the object; there must be at least one.
  Batches(NetRows rows, size_t num_labels, const Recipe& recipe, uint64_t seed);

  size_t batch_size() const { return batch_size_; }
  size_t num_batches() const { return (order_.size() + batch_size_ - 1) / batch_size_; }

  void start_epoch();              // a new order
  void fill(size_t b, Batch out);  // batch b of the epoch, each once and in order

 private:
  void copy_row(size_t row, size_t slot, Batch out);
  void mix(Batch out);
  double beta(double alpha);

  NetRows rows_;
  size_t num_labels_;
  Recipe recipe_;
  size_t batch_size_;
  Random random_;
  std::vector<size_t> order_;
  std::vector<float> mixed_features_;
  std::vector<float> mixed_targets_;
};

}  // namespace sermo::learn::nn
