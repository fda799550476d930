#include "sermo/eval/examples.h"

namespace sermo::eval {

LabelledExamples LabelledExamples::at(std::span<const size_t> indices) const {
  LabelledExamples chosen{select_rows(MatrixView(features), indices), {}, {}};
  chosen.labels.reserve(indices.size());
  chosen.speakers.reserve(indices.size());
  for (size_t i : indices) {
    chosen.labels.push_back(labels[i]);
    chosen.speakers.push_back(speakers[i]);
  }
  return chosen;
}

LabelledExamples labelled_examples(const data::Table& table, const data::LabelledRows& labelled) {
  LabelledExamples rows{
      select_rows(MatrixView(table.features), labelled.rows), labelled.classes, {}};
  rows.speakers.reserve(labelled.rows.size());
  for (size_t r : labelled.rows) rows.speakers.push_back(table.speakers[r]);
  return rows;
}

}  // namespace sermo::eval
