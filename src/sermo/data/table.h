// The feature table: one row a clip, with who speaks, what is labelled and where it came from.
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

  size_t num_rows() const { return features.num_rows(); }
};

// Whether the five parts agree in N and D and every feature is finite: kMismatch with got and
// wanted, kNotFinite with the row and the column.
Result<void> check_table(const Table& table);

// The rows at `row_indices`, in that order.
Table select_rows(const Table& table, std::span<const size_t> row_indices);

// How many different speakers are known.
size_t num_speakers(const Table& table);

// 32 hexadecimal digits that change with any feature, label, speaker, path or the schema, and with
// the order of rows.
std::string fingerprint(const Table& table);

// 32 hexadecimal digits that change with any label, speaker or path and with the order of rows, but
// not with the features: equal for tables of the same clips under several schemas.
std::string clips_fingerprint(const Table& table);

// The rows that can be learnt from.
struct LabelledRows {
  std::vector<size_t> rows;         // those with a label, ascending
  std::vector<std::string> labels;  // [K], distinct, in alphabetical order (by code point)
  std::vector<int> classes;         // one per row in `rows`: index into `labels`
};

// kTooShort where no row has a label, or all have the same.
Result<LabelledRows> labelled_rows(const Table& table);

}  // namespace sermo::data
