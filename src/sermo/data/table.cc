#include "sermo/data/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <unordered_map>

#include "sermo/base/check.h"
#include "sermo/base/hash.h"
#include "sermo/base/utf8.h"

namespace sermo::data {
namespace {

void add_number(ContentHash& hash, uint64_t number) {
  hash.add(std::as_bytes(std::span(&number, 1)));
}

// The length goes before the text, so that no two lists of texts look the same.
void add_texts(ContentHash& hash, std::span<const std::string> texts) {
  add_number(hash, texts.size());
  for (const std::string& text : texts) {
    add_number(hash, text.size());
    hash.add(std::string_view(text));
  }
}

// Whose clips they are and what is said of them.
void add_clips(ContentHash& hash, const Table& table) {
  static_assert(sizeof(int) == sizeof(int32_t), "speakers are hashed as they lie in memory");
  add_texts(hash, table.labels);
  add_number(hash, table.speakers.size());
  hash.add(std::as_bytes(std::span(table.speakers)));
  add_texts(hash, table.paths);
  if (table.num_copies() > 0) add_texts(hash, table.conditions);
}

}  // namespace

size_t Table::num_copies() const {
  size_t count = 0;
  for (const std::string& condition : conditions) count += condition.empty() ? 0 : 1;
  return count;
}

Result<std::vector<size_t>> source_rows(const Table& table) {
  std::vector<size_t> sources(table.num_rows());
  std::iota(sources.begin(), sources.end(), size_t{0});
  if (table.num_copies() == 0) return sources;
  std::unordered_map<std::string_view, std::vector<size_t>> originals;
  for (size_t row = 0; row < table.num_rows(); ++row) {
    if (!table.is_copy(row)) originals[table.paths[row]].push_back(row);
  }
  for (size_t row = 0; row < table.num_rows(); ++row) {
    if (!table.is_copy(row)) continue;
    const auto bad = [&](std::string_view what) {
      return fail(ErrorCode::kMismatch,
                  fmt::format("row {} ({}, {}): {}", row, printable_utf8(table.paths[row]),
                              printable_utf8(table.conditions[row]), what));
    };
    const auto found = originals.find(table.paths[row]);
    if (found == originals.end()) return bad("a copy whose source is not in the table");
    if (found->second.size() > 1) return bad("a copy with several sources of that path");
    sources[row] = found->second.front();
    if (table.labels[sources[row]] != table.labels[row] ||
        table.speakers[sources[row]] != table.speakers[row])
      return bad("a copy with another label or speaker than its source");
  }
  return sources;
}

Result<void> check_table(const Table& table) {
  const size_t num_rows = table.features.num_rows(), num_cols = table.features.num_cols();
  const auto check_rows = [&](std::string_view what, size_t got) -> Result<void> {
    if (got == num_rows) return {};
    return fail(ErrorCode::kMismatch,
                fmt::format("{} {}, wanted {} (the rows of features)", got, what, num_rows));
  };
  SERMO_TRY_VOID(check_rows("labels", table.labels.size()));
  SERMO_TRY_VOID(check_rows("speakers", table.speakers.size()));
  SERMO_TRY_VOID(check_rows("paths", table.paths.size()));
  if (!table.conditions.empty()) SERMO_TRY_VOID(check_rows("conditions", table.conditions.size()));
  if (num_cols != table.schema.num_features())
    return fail(ErrorCode::kMismatch,
                fmt::format("{} columns of features, wanted {} (the schema {})", num_cols,
                            table.schema.num_features(), table.schema.id));
  SERMO_TRY_VOID(source_rows(table));
  for (size_t r = 0; r < num_rows; ++r) {
    for (size_t c = 0; c < num_cols; ++c) {
      if (!std::isfinite(table.features(r, c)))
        return fail(ErrorCode::kNotFinite,
                    fmt::format("row {} ({}), feature {}: {}", r, printable_utf8(table.paths[r]),
                                table.schema.names[c], table.features(r, c)));
    }
  }
  return {};
}

Table select_rows(const Table& table, std::span<const size_t> row_indices) {
  Table out;
  out.features = sermo::select_rows(table.features, row_indices);
  out.schema = table.schema;
  for (const size_t row : row_indices) {
    out.labels.push_back(table.labels[row]);
    out.speakers.push_back(table.speakers[row]);
    out.paths.push_back(table.paths[row]);
    if (!table.conditions.empty()) out.conditions.push_back(table.conditions[row]);
  }
  return out;
}

size_t num_speakers(const Table& table) {
  std::set<int> speakers(table.speakers.begin(), table.speakers.end());
  speakers.erase(kUnknownSpeaker);
  return speakers.size();
}

std::string fingerprint(const Table& table) {
  ContentHash hash;
  add_texts(hash, std::span(&table.schema.id, 1));
  add_number(hash, table.features.num_rows());
  add_number(hash, table.features.num_cols());
  hash.add(table.features.values());
  add_clips(hash, table);
  return hash.hex();
}

std::string clips_fingerprint(const Table& table) {
  Table recordings;
  for (size_t row = 0; row < table.labels.size(); ++row) {
    if (table.is_copy(row)) continue;
    recordings.labels.push_back(table.labels[row]);
    recordings.speakers.push_back(table.speakers[row]);
    recordings.paths.push_back(table.paths[row]);
  }
  ContentHash hash;
  add_clips(hash, recordings);
  return hash.hex();
}

Result<LabelledRows> labelled_rows(const Table& table) {
  LabelledRows out;
  for (size_t row = 0; row < table.labels.size(); ++row)
    if (!table.labels[row].empty() && !table.is_copy(row)) out.rows.push_back(row);
  std::set<std::string> labels;
  for (const size_t row : out.rows) labels.insert(table.labels[row]);
  if (labels.empty())
    return fail(ErrorCode::kTooShort,
                fmt::format("none of {} rows has a label", table.labels.size()));
  if (labels.size() == 1)
    return fail(ErrorCode::kTooShort,
                fmt::format("all {} labelled rows are '{}', wanted at least two labels",
                            out.rows.size(), *labels.begin()));
  // Labels are UTF-8, whose bytes sort as their code points do.
  out.labels.assign(labels.begin(), labels.end());
  for (const size_t row : out.rows) {
    const auto at = std::lower_bound(out.labels.begin(), out.labels.end(), table.labels[row]);
    out.classes.push_back(static_cast<int>(at - out.labels.begin()));
  }
  return out;
}

}  // namespace sermo::data
