#include "sermo/data/relabel.h"

#include <utility>

namespace sermo::data {

Relabelled relabel(Table table, const Metadata& metadata) {
  Relabelled result{std::move(table), {}, {}};
  result.entries_without_row = paths_without_clip(metadata, result.table.paths);
  for (size_t r = 0; r < result.table.num_rows(); ++r) {
    const auto entry = metadata.find(result.table.paths[r]);
    if (entry == metadata.end()) result.rows_without_entry.push_back(result.table.paths[r]);
    const ClipLabel given = entry == metadata.end() ? ClipLabel{} : entry->second;
    result.table.labels[r] = given.label;
    result.table.speakers[r] = given.speaker;
  }
  return result;
}

}  // namespace sermo::data
