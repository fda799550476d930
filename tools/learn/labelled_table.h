// A labelled feature table for the tools of this folder: read, cut, and turned into a request.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "sermo/base/npy.h"
#include "sermo/data/split.h"
#include "sermo/learn/learner.h"

namespace sermo::tools {

struct LabelledTable {
  Matrix features;                       // [N, D]
  std::vector<int> labels;               // [N], index into label_names
  std::vector<std::string> label_names;  // alphabetical
};

// `features` is float32 or float64 [N, D], `labels` text [N]. kMismatch for different N.
inline Result<LabelledTable> read_table(const std::string& features, const std::string& labels) {
  LabelledTable table;
  SERMO_TRY(const NpyArray stored_features, read_npy(features));
  SERMO_TRY(table.features, to_matrix(stored_features));
  SERMO_TRY(const NpyArray stored_labels, read_npy(labels));
  SERMO_TRY(const std::vector<std::string> texts, to_texts(stored_labels));
  if (texts.size() != table.features.num_rows())
    return fail(ErrorCode::kMismatch, labels + ": not as many labels as rows in " + features);
  table.label_names = texts;
  std::sort(table.label_names.begin(), table.label_names.end());
  table.label_names.erase(std::unique(table.label_names.begin(), table.label_names.end()),
                          table.label_names.end());
  for (const std::string& text : texts) {
    const auto found = std::lower_bound(table.label_names.begin(), table.label_names.end(), text);
    table.labels.push_back(static_cast<int>(found - table.label_names.begin()));
  }
  return table;
}

inline LabelledTable rows_of(const LabelledTable& table, std::span<const size_t> rows) {
  LabelledTable out{select_rows(table.features, rows), {}, table.label_names};
  for (const size_t row : rows) out.labels.push_back(table.labels[row]);
  return out;
}

// Looks at the table, which must outlive it.
inline learn::FitRequest request_for(const LabelledTable& table, uint64_t seed) {
  learn::FitRequest request;
  request.train = {table.features, table.labels, {}};
  request.signature = {"", table.features.num_cols(), table.label_names};
  request.seed = seed;
  return request;
}

}  // namespace sermo::tools
