// The labelled recordings of a table, owned: what folds, fits and scores work on.
//
// Rows keep the order of data::labelled_rows. Degraded copies (data/table.h) are no rows: they hang
// on the row that they are copies of and go with it to whatever side it goes. with_copies() is the
// one place where they become rows, and it is called for what is learnt from and nothing else.
// Thread rule: plain values, pure functions.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/data/table.h"
#include "sermo/learn/learner.h"

namespace sermo::eval {

// Degraded copies of some rows.
struct HangingCopies {
  Matrix features;         // [C, D], raw
  std::vector<size_t> of;  // [C] the row that each is a copy of, ascending
};

struct LabelledExamples {
  Matrix features;            // [N, D], raw
  std::vector<int> labels;    // [N], index into the label names
  std::vector<int> speakers;  // [N], -1 unknown
  HangingCopies copies = {};

  size_t num_rows() const { return labels.size(); }
  learn::Examples view() const { return {features, labels, speakers}; }

  // The rows at these indices, in that order, each with its copies hanging on it.
  LabelledExamples at(std::span<const size_t> indices) const;

  // What a fit learns from: the rows and behind them, with their labels and speakers, all copies.
  // Nothing hangs on it.
  LabelledExamples with_copies() const;
};

LabelledExamples labelled_examples(const data::Table& table, const data::LabelledRows& labelled);

// The share of a training part that learners which stop early watch instead of learning from it.
inline constexpr double kWatchedFraction = 0.1;

}  // namespace sermo::eval
