// A feature table under the labels and speakers that a user gives, in place of its own.
//
// Thread rule: pure function.
#pragma once

#include <string>
#include <vector>

#include "sermo/data/labeller.h"
#include "sermo/data/table.h"

namespace sermo::data {

struct Relabelled {
  Table table;  // the same rows in the same order; without label and speaker where no entry has the
                // path
  std::vector<std::string> rows_without_entry;   // paths, in the order of the table
  std::vector<std::string> entries_without_row;  // paths, in the order of the metadata
};

Relabelled relabel(Table table, const Metadata& metadata);

}  // namespace sermo::data
