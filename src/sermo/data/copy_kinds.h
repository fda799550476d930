// What a table has degraded copies of, in a few words: which kinds, and how many of each.
//
// Thread rule: pure function.
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "sermo/data/table.h"

namespace sermo::data {

// The copies of these recordings (rows of the table that are no copies themselves) by kind
// (augment::kind_of); "other" where a condition is none that Sermo knows. The table must be one
// that check_table passes.
std::map<std::string, size_t> copies_by_kind(const Table& table,
                                             std::span<const size_t> recordings);

}  // namespace sermo::data
