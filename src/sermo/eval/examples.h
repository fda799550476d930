// The labelled rows of a table, owned: what folds, fits and scores work on.
//
// Rows keep the order of data::labelled_rows. Thread rule: plain values, pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/data/table.h"
#include "sermo/learn/learner.h"

namespace sermo::eval {

struct LabelledExamples {
  Matrix features;            // [N, D], raw
  std::vector<int> labels;    // [N], index into the label names
  std::vector<int> speakers;  // [N], -1 unknown

  size_t num_rows() const { return labels.size(); }
  learn::Examples view() const { return {features, labels, speakers}; }

  // The rows at these indices, in that order.
  LabelledExamples at(std::span<const size_t> indices) const;
};

LabelledExamples labelled_examples(const data::Table& table, const data::LabelledRows& labelled);

// The share of a training part that learners which stop early watch instead of learning from it.
inline constexpr double kWatchedFraction = 0.1;

}  // namespace sermo::eval
