// The feature table: one row a clip, with who speaks, what is labelled and where it came from.
//
// A row is a recording as it is, or a degraded copy of one (augment/condition.h), which stands
// under the path, label and speaker of its source. Copies are for learning only: `labelled_rows`
// passes them over, and with it every split, fold and score.
//
// Everything that trains, evaluates or caches works on this type. Thread rule: plain value; the
// functions are pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "sermo/base/matrix.h"
#include "sermo/base/result.h"
#include "sermo/features/schema.h"

namespace sermo::data {

inline constexpr int kUnknownSpeaker = -1;

struct Table {
  Matrix features;                  // [N, D], raw (not scaled)
  std::vector<std::string> labels;  // [N], empty text where unknown
  std::vector<int> speakers;        // [N], kUnknownSpeaker where unknown
  std::vector<std::string> paths;   // [N], relative to the scanned folder, in sorted order
  features::Schema schema;          // D = schema.num_features()
  // [N] what was done to a copy, empty for a recording as it is; none at all where no row is a
  // copy.
  std::vector<std::string> conditions = {};

  size_t num_rows() const { return features.num_rows(); }
  bool is_copy(size_t row) const { return !conditions.empty() && !conditions[row].empty(); }
  size_t num_copies() const;
};

// The row of each row's source: itself, or for a copy the one row as it is under its path.
// kMismatch, with the row, for a copy without a source, with several, or of another label or
// speaker.
Result<std::vector<size_t>> source_rows(const Table& table);

// Whether the parts agree in N and D, every copy has its source and every feature is finite:
// kMismatch with got and wanted, kNotFinite with the row and the column.
Result<void> check_table(const Table& table);

// The rows at `row_indices`, in that order.
Table select_rows(const Table& table, std::span<const size_t> row_indices);

// How many different speakers are known.
size_t num_speakers(const Table& table);

// 32 hexadecimal digits that change with any feature, label, speaker, path, condition or the
// schema, and with the order of rows.
std::string fingerprint(const Table& table);

// 32 hexadecimal digits that change with any label, speaker or path of a recording and with their
// order, but not with the features: equal for tables of the same clips under several schemas, with
// or without degraded copies, which are in no split.
std::string clips_fingerprint(const Table& table);

// The recordings that can be learnt from and tested.
struct LabelledRows {
  std::vector<size_t> rows;         // those with a label that are no copies, ascending
  std::vector<std::string> labels;  // [K], distinct, in alphabetical order (by code point)
  std::vector<int> classes;         // one per row in `rows`: index into `labels`
};

// kTooShort where no row has a label, or all have the same.
Result<LabelledRows> labelled_rows(const Table& table);

}  // namespace sermo::data
