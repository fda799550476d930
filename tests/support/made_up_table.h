// A small labelled table of Gaussian clouds, one a class, for tests of learners.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"

namespace sermo::testing {

struct MadeUpTableOptions {
  size_t num_rows = 240;
  size_t num_features = 20;
  size_t num_labels = 4;
  float spread = 1.0f;  // standard deviation around centres that lie some 4 apart
  uint32_t seed = 1;    // of the rows; the centres are always the same
};

struct MadeUpTable {
  Matrix features;
  std::vector<int> labels;  // 0, 1, ..., K-1, 0, 1, ...
  std::vector<std::string> label_names;
};

inline MadeUpTable made_up_table(const MadeUpTableOptions& options) {
  MadeUpTable table{Matrix(options.num_rows, options.num_features), {}, {}};
  std::mt19937 random(options.seed);
  std::normal_distribution<float> normal;
  for (size_t r = 0; r < options.num_rows; ++r) {
    const size_t label = r % options.num_labels;
    table.labels.push_back(static_cast<int>(label));
    for (size_t f = 0; f < options.num_features; ++f) {
      // Each feature sets one class apart from the others.
      const float centre = f % options.num_labels == label ? 2.0f : 0.0f;
      table.features(r, f) = centre + options.spread * normal(random);
    }
  }
  for (size_t k = 0; k < options.num_labels; ++k)
    table.label_names.push_back("class " + std::to_string(k));
  return table;
}

// Two broadly overlapping classes, the first ten times as frequent as the second.
inline MadeUpTable skewed_table(uint32_t seed) {
  const MadeUpTable even = made_up_table(
      {.num_rows = 1100, .num_features = 2, .num_labels = 2, .spread = 4.0f, .seed = seed});
  std::vector<size_t> kept;
  for (size_t r = 0; r < even.labels.size(); ++r) {
    if (even.labels[r] == 0 || r % 20 == 1) kept.push_back(r);
  }
  MadeUpTable table{select_rows(even.features, kept), {}, even.label_names};
  for (const size_t r : kept) table.labels.push_back(even.labels[r]);
  return table;
}

}  // namespace sermo::testing
