#include "sermo/learn/trees/tree_builder.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "sermo/base/check.h"

namespace sermo::learn {
namespace {

// Values closer than this are not separated (scikit-learn's FEATURE_THRESHOLD).
constexpr float kSameValue = 1e-7f;

// The largest float32 that is not above `threshold`: x <= it exactly where x <= threshold.
float round_down(double threshold) {
  const auto nearest = static_cast<float>(threshold);
  if (static_cast<double>(nearest) <= threshold) return nearest;
  return std::nextafter(nearest, -std::numeric_limits<float>::infinity());
}

// Between two neighbouring values. Halved before they are added, so that no sum overflows; where
// rounding would reach the upper value, the lower one separates them as well.
float midpoint(float lower, float upper) {
  const double middle = static_cast<double>(lower) / 2.0 + static_cast<double>(upper) / 2.0;
  return middle == upper ? lower : round_down(middle);
}

}  // namespace

TrainingColumns::TrainingColumns(MatrixView rows, std::span<const int> labels, size_t num_labels,
                                 SplitRule rule)
    : num_features_(rows.num_cols()), num_labels_(num_labels) {
  const size_t num_rows = rows.num_rows();
  SERMO_CHECK(labels.size() == num_rows, "one label for each row");
  SERMO_CHECK(std::max(num_rows, num_features_) < 0xffffffff, "rows and columns fit 32 bits");
  labels_.assign(labels.begin(), labels.end());
  values_.resize(num_features_ * num_rows);
  for (size_t r = 0; r < num_rows; ++r) {
    for (size_t f = 0; f < num_features_; ++f) values_[f * num_rows + r] = rows(r, f);
  }
  if (rule == SplitRule::kRandom) return;
  sorted_values_.resize(values_.size());
  sorted_rows_.resize(values_.size());
  positions_.resize(values_.size());
  for (size_t f = 0; f < num_features_; ++f) {
    const std::span<const float> unsorted = values(f);
    const std::span<uint32_t> order = std::span(sorted_rows_).subspan(f * num_rows, num_rows);
    std::iota(order.begin(), order.end(), 0u);
    std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
      return unsorted[a] < unsorted[b] || (unsorted[a] == unsorted[b] && a < b);
    });
    for (uint32_t p = 0; p < num_rows; ++p) {
      sorted_values_[f * num_rows + p] = unsorted[order[p]];
      positions_[f * num_rows + order[p]] = p;
    }
  }
}

TreeBuilder::TreeBuilder(const TrainingColumns& columns, const TreeBuilderOptions& options)
    : columns_(columns), options_(options) {
  SERMO_CHECK(options.max_features >= 1 && options.max_features <= columns.num_features(),
              "max_features is 1 to the number of features");
  const size_t num_rows = columns.num_rows();
  samples_.resize(num_rows);
  rows_.reserve(num_rows);
  moved_.resize(num_rows);
  features_.resize(columns.num_features());
  // One element more than rows: gathering writes one past the last that it keeps.
  positions_.resize(num_rows + 1);
  node_values_.resize(num_rows);
  class_weights_.resize(columns.num_labels());
  left_weights_.resize(columns.num_labels());
  right_weights_.resize(columns.num_labels());
}

std::optional<model::Tree> TreeBuilder::build(std::span<const double> weights, Random& random,
                                              const std::stop_token& cancel) {
  SERMO_CHECK(weights.size() == columns_.num_rows(), "one weight for each row");
  rows_.clear();
  for (uint32_t r = 0; r < weights.size(); ++r) {
    samples_[r] = {weights[r], columns_.labels()[r], false};
    if (weights[r] > 0.0) rows_.push_back(r);
  }
  SERMO_CHECK(!rows_.empty(), "a tree needs a row");
  std::iota(features_.begin(), features_.end(), 0u);

  model::Tree tree;
  pending_.assign(1, {0, static_cast<uint32_t>(rows_.size()), 0, 0, false});
  while (!pending_.empty()) {
    if (cancel.stop_requested()) return std::nullopt;
    const Pending here = pending_.back();
    pending_.pop_back();
    const auto node_index = static_cast<uint32_t>(tree.nodes.size());
    tree.nodes.emplace_back();
    if (node_index > 0) {
      model::Tree::Node& parent = tree.nodes[here.parent];
      (here.is_left ? parent.left : parent.right) = node_index;
    }
    const std::span<uint32_t> rows = std::span(rows_).subspan(here.begin, here.end - here.begin);
    const bool pure = count_classes(rows);
    const Split split =
        pure || here.depth >= options_.max_depth ? Split{} : choose_split(rows, random);
    if (!split.found()) {
      append_leaf(tree, tree.nodes[node_index]);
      continue;
    }
    tree.nodes[node_index].feature = split.feature;
    tree.nodes[node_index].threshold = split.threshold;
    const uint32_t middle = here.begin + partition(rows, split);
    pending_.push_back({middle, here.end, here.depth + 1, node_index, false});
    pending_.push_back({here.begin, middle, here.depth + 1, node_index, true});
  }
  return tree;
}

// Fills class_weights_ and node_weight_; true where all rows are of one class.
bool TreeBuilder::count_classes(std::span<const uint32_t> rows) {
  std::fill(class_weights_.begin(), class_weights_.end(), 0.0);
  for (const uint32_t row : rows) class_weights_[samples_[row].label] += samples_[row].weight;
  node_weight_ = std::accumulate(class_weights_.begin(), class_weights_.end(), 0.0);
  return std::count_if(class_weights_.begin(), class_weights_.end(),
                       [](double weight) { return weight > 0.0; }) == 1;
}

TreeBuilder::Split TreeBuilder::choose_split(std::span<const uint32_t> rows, Random& random) {
  Split best;
  bool found_varying = false;
  const auto num_features = static_cast<uint32_t>(features_.size());
  for (uint32_t drawn = 0; drawn < num_features; ++drawn) {
    if (drawn >= options_.max_features && found_varying) break;
    std::swap(features_[drawn], features_[drawn + random.below(num_features - drawn)]);
    const uint32_t feature = features_[drawn];
    const bool varies = options_.rule == SplitRule::kBest ? try_best(feature, rows, best)
                                                          : try_random(feature, rows, random, best);
    found_varying |= varies;
  }
  if (marked_) mark(rows, false);
  return best;
}

void TreeBuilder::mark(std::span<const uint32_t> rows, bool in_node) {
  for (const uint32_t row : rows) samples_[row].in_node = in_node;
  marked_ = in_node;
}

// Puts the positions of `rows` in ascending order into positions_. A large node is picked out of
// the sorted column, a small one is sorted; both give the same.
void TreeBuilder::gather_positions(uint32_t feature, std::span<const uint32_t> rows) {
  const size_t sorting = rows.size() * static_cast<size_t>(std::bit_width(rows.size())) * 2;
  if (sorting < columns_.num_rows()) {
    const std::span<const uint32_t> position = columns_.positions(feature);
    for (size_t i = 0; i < rows.size(); ++i) positions_[i] = position[rows[i]];
    std::sort(positions_.begin(), positions_.begin() + static_cast<std::ptrdiff_t>(rows.size()));
    return;
  }
  if (!marked_) mark(rows, true);
  const std::span<const uint32_t> sorted_rows = columns_.sorted_rows(feature);
  size_t num_found = 0;
  for (uint32_t p = 0; p < sorted_rows.size(); ++p) {
    positions_[num_found] = p;
    num_found += samples_[sorted_rows[p]].in_node ? 1 : 0;
  }
}

// False where the feature is constant within the node.
bool TreeBuilder::try_best(uint32_t feature, std::span<const uint32_t> rows, Split& best) {
  gather_positions(feature, rows);
  const std::span<const float> values = columns_.sorted_values(feature);
  const std::span<const uint32_t> sorted_rows = columns_.sorted_rows(feature);
  const std::span<const uint32_t> positions = std::span(positions_).first(rows.size());
  if (values[positions.back()] <= values[positions.front()] + kSameValue) return false;

  // Rows move from the right half to the left one after the other; the sums of squares follow.
  std::fill(left_weights_.begin(), left_weights_.end(), 0.0);
  std::copy(class_weights_.begin(), class_weights_.end(), right_weights_.begin());
  double* const left = left_weights_.data();
  double* const right = right_weights_.data();
  double left_weight = 0.0;
  double left_squares = 0.0;
  double right_squares =
      std::inner_product(class_weights_.begin(), class_weights_.end(), class_weights_.begin(), 0.0);
  float value = values[positions[0]];
  for (size_t i = 0; i + 1 < positions.size(); ++i) {
    const Sample& sample = samples_[sorted_rows[positions[i]]];
    const double weight = sample.weight;
    left_squares += weight * (2.0 * left[sample.label] + weight);
    right_squares -= weight * (2.0 * right[sample.label] - weight);
    left[sample.label] += weight;
    right[sample.label] -= weight;
    left_weight += weight;
    const float lower = value;
    value = values[positions[i + 1]];
    if (value <= lower + kSameValue) continue;
    const double right_weight = node_weight_ - left_weight;
    const double product = left_weight * right_weight;
    const double scaled = left_squares * right_weight + right_squares * left_weight;
    if (scaled > best.score * product) best = {feature, midpoint(lower, value), scaled / product};
  }
  return true;
}

bool TreeBuilder::try_random(uint32_t feature, std::span<const uint32_t> rows, Random& random,
                             Split& best) {
  const std::span<const float> column = columns_.values(feature);
  float lowest = column[rows[0]];
  float highest = lowest;
  for (size_t i = 0; i < rows.size(); ++i) {
    const float value = column[rows[i]];
    node_values_[i] = value;
    lowest = std::min(lowest, value);
    highest = std::max(highest, value);
  }
  if (highest <= lowest + kSameValue) return false;

  float threshold = round_down(lowest + random.uniform() * (static_cast<double>(highest) - lowest));
  if (threshold >= highest || threshold < lowest) threshold = lowest;
  std::fill(left_weights_.begin(), left_weights_.end(), 0.0);
  for (size_t i = 0; i < rows.size(); ++i) {
    const Sample& sample = samples_[rows[i]];
    left_weights_[sample.label] += node_values_[i] <= threshold ? sample.weight : 0.0;
  }
  double left_weight = 0.0;
  double left_squares = 0.0;
  double right_squares = 0.0;
  for (size_t k = 0; k < left_weights_.size(); ++k) {
    const double left = left_weights_[k];
    const double right = class_weights_[k] - left;
    left_weight += left;
    left_squares += left * left;
    right_squares += right * right;
  }
  const double right_weight = node_weight_ - left_weight;
  const double score = left_squares / left_weight + right_squares / right_weight;
  if (score > best.score) best = {feature, threshold, score};
  return true;
}

// Puts the rows that go left before the others, each half in its old order; the number of the
// former.
uint32_t TreeBuilder::partition(std::span<uint32_t> rows, const Split& split) {
  const std::span<const float> column = columns_.values(split.feature);
  size_t num_left = 0;
  size_t num_right = 0;
  for (const uint32_t row : rows) {
    const bool goes_left = column[row] <= split.threshold;
    moved_[num_right] = row;
    rows[num_left] = row;
    num_left += goes_left ? 1 : 0;
    num_right += goes_left ? 0 : 1;
  }
  std::copy_n(moved_.begin(), num_right, rows.begin() + static_cast<std::ptrdiff_t>(num_left));
  return static_cast<uint32_t>(num_left);
}

void TreeBuilder::append_leaf(model::Tree& tree, model::Tree::Node& node) const {
  node.left = static_cast<uint32_t>(tree.leaf_values.size());
  for (uint32_t k = 0; k < class_weights_.size(); ++k) {
    const auto probability = static_cast<float>(class_weights_[k] / node_weight_);
    if (probability > 0.0f) tree.leaf_values.push_back({k, probability});
  }
  node.right = static_cast<uint32_t>(tree.leaf_values.size());
}

}  // namespace sermo::learn
