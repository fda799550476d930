#include "sermo/learn/nn/batches.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sermo/base/check.h"
#include "sermo/base/normal.h"

namespace sermo::learn::nn {
namespace {

constexpr uint64_t kBatchStream = 0xba7c4;  // apart from those of initialisation and dropout

}  // namespace

Batches::Batches(NetRows rows, size_t num_labels, const Recipe& recipe, uint64_t seed)
    : rows_(rows),
      num_labels_(num_labels),
      recipe_(recipe),
      batch_size_(std::min(recipe.batch_size, rows.features.num_rows())),
      random_(seed, kBatchStream),
      order_(rows.features.num_rows()),
      mixed_features_(batch_size_ * rows.features.num_cols()),
      mixed_targets_(batch_size_ * num_labels) {
  SERMO_CHECK(batch_size_ > 0, "there are rows to learn from");
  std::iota(order_.begin(), order_.end(), size_t{0});
}

void Batches::start_epoch() {
  for (size_t i = order_.size(); i-- > 1;)
    std::swap(order_[i], order_[random_.below(static_cast<uint32_t>(i + 1))]);
}

void Batches::fill(size_t b, Batch out) {
  for (size_t slot = 0; slot < batch_size_; ++slot)
    copy_row(order_[(b * batch_size_ + slot) % order_.size()], slot, out);
  if (recipe_.mixup > 0.0) mix(out);
  if (recipe_.feature_noise > 0.0) {
    for (float& value : out.features)
      value += static_cast<float>(recipe_.feature_noise * normal(random_));
  }
  if (recipe_.feature_dropout > 0.0) {
    for (float& value : out.features)
      if (random_.uniform() < recipe_.feature_dropout) value = 0.0f;
  }
}

void Batches::copy_row(size_t row, size_t slot, Batch out) {
  const std::span<const float> features = rows_.features.row(row);
  std::ranges::copy(features, out.features.subspan(slot * features.size()).begin());
  const std::span<float> target = out.targets.subspan(slot * num_labels_, num_labels_);
  const double shared = recipe_.label_smoothing / static_cast<double>(num_labels_);
  std::ranges::fill(target, static_cast<float>(shared));
  target[static_cast<size_t>(rows_.labels[row])] +=
      static_cast<float>(1.0 - recipe_.label_smoothing);
  out.row_weights[slot] = static_cast<float>(rows_.weights[row]);
}

// Each row with the next one of the batch, which is a random one, in random shares; its own share
// is the larger, so that the row's weight stays its own.
void Batches::mix(Batch out) {
  std::ranges::copy(out.features, mixed_features_.begin());
  std::ranges::copy(out.targets, mixed_targets_.begin());
  const size_t num_features = rows_.features.num_cols();
  for (size_t slot = 0; slot < batch_size_; ++slot) {
    const size_t other = (slot + 1) % batch_size_;
    const double drawn = beta(recipe_.mixup);
    const auto share = static_cast<float>(std::max(drawn, 1.0 - drawn));
    const auto blend = [&](std::span<float> to, std::span<const float> from, size_t width) {
      for (size_t i = 0; i < width; ++i)
        to[slot * width + i] =
            share * from[slot * width + i] + (1.0f - share) * from[other * width + i];
    };
    blend(out.features, mixed_features_, num_features);
    blend(out.targets, mixed_targets_, num_labels_);
  }
}

// Beta(alpha, alpha) by Johnk's rejection, which is quick for alpha up to 1.
double Batches::beta(double alpha) {
  while (true) {
    const double x = std::pow(random_.uniform(), 1.0 / alpha);
    const double y = std::pow(random_.uniform(), 1.0 / alpha);
    if (x + y > 0.0 && x + y <= 1.0) return x / (x + y);
  }
}

}  // namespace sermo::learn::nn
