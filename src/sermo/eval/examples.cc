#include "sermo/eval/examples.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "sermo/base/check.h"

namespace sermo::eval {

LabelledExamples LabelledExamples::at(std::span<const size_t> indices) const {
  LabelledExamples chosen{select_rows(MatrixView(features), indices), {}, {}};
  chosen.labels.reserve(indices.size());
  chosen.speakers.reserve(indices.size());
  std::vector<size_t> hanging;
  for (size_t i = 0; i < indices.size(); ++i) {
    chosen.labels.push_back(labels[indices[i]]);
    chosen.speakers.push_back(speakers[indices[i]]);
    const auto [first, end] = std::ranges::equal_range(copies.of, indices[i]);
    for (auto copy = first; copy != end; ++copy) {
      hanging.push_back(static_cast<size_t>(copy - copies.of.begin()));
      chosen.copies.of.push_back(i);
    }
  }
  chosen.copies.features = select_rows(MatrixView(copies.features), hanging);
  return chosen;
}

LabelledExamples LabelledExamples::with_copies() const {
  LabelledExamples all{features, labels, speakers};
  if (copies.of.empty()) return all;
  all.features.resize(num_rows() + copies.of.size(), features.num_cols());
  std::ranges::copy(features.values(), all.features.data());
  std::ranges::copy(copies.features.values(), all.features.row(num_rows()).data());
  for (const size_t row : copies.of) {
    all.labels.push_back(labels[row]);
    all.speakers.push_back(speakers[row]);
  }
  return all;
}

LabelledExamples labelled_examples(const data::Table& table, const data::LabelledRows& labelled) {
  LabelledExamples rows{
      select_rows(MatrixView(table.features), labelled.rows), labelled.classes, {}};
  rows.speakers.reserve(labelled.rows.size());
  for (size_t r : labelled.rows) rows.speakers.push_back(table.speakers[r]);
  const Result<std::vector<size_t>> source = data::source_rows(table);
  SERMO_CHECK(source.has_value(), "a table is checked before it is worked on");
  std::vector<std::pair<size_t, size_t>> copies;  // row among the labelled, row of the table
  for (size_t r = 0; r < table.num_rows(); ++r) {
    if (!table.is_copy(r)) continue;
    const auto at = std::ranges::lower_bound(labelled.rows, (*source)[r]);
    if (at == labelled.rows.end() || *at != (*source)[r]) continue;  // nobody labels it
    copies.emplace_back(static_cast<size_t>(at - labelled.rows.begin()), r);
  }
  std::ranges::sort(copies);
  std::vector<size_t> copy_rows;
  for (const auto& [row, copy] : copies) {
    rows.copies.of.push_back(row);
    copy_rows.push_back(copy);
  }
  rows.copies.features = select_rows(MatrixView(table.features), copy_rows);
  return rows;
}

}  // namespace sermo::eval
