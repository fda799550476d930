#include "sermo/data/copy_kinds.h"

#include <vector>

#include "sermo/augment/condition.h"
#include "sermo/base/check.h"

namespace sermo::data {

std::map<std::string, size_t> copies_by_kind(const Table& table,
                                             std::span<const size_t> recordings) {
  const Result<std::vector<size_t>> sources = source_rows(table);
  SERMO_CHECK(sources.has_value(), "a table is checked before it is worked on");
  std::vector<bool> is_wanted(table.num_rows());
  for (const size_t row : recordings) is_wanted[row] = true;
  std::map<std::string, size_t> counts;
  for (size_t row = 0; row < table.num_rows(); ++row) {
    if (!table.is_copy(row) || !is_wanted[(*sources)[row]]) continue;
    const auto condition = augment::parse_condition(table.conditions[row]);
    ++counts[condition ? augment::kind_of(*condition) : "other"];
  }
  return counts;
}

}  // namespace sermo::data
