// Any text as CSV: an error or rows, and the rows survive being written.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/check.h"
#include "sermo/base/csv.h"

namespace {

using Rows = std::vector<std::vector<std::string>>;

// Whether all of `text` was read; `rows` are those before an error.
bool read_all(std::string_view text, Rows& rows) {
  sermo::CsvReader reader(text);
  std::vector<std::string> fields;
  while (true) {
    const auto more = reader.next(fields);
    if (!more) return false;
    if (!*more) return true;
    rows.push_back(fields);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Rows rows;
  if (!read_all({reinterpret_cast<const char*>(data), size}, rows)) return 0;
  std::string text;
  for (const std::vector<std::string>& row : rows) sermo::append_csv_row(text, row);
  Rows again;
  SERMO_CHECK(read_all(text, again), "rows that were read can be written and read");
  SERMO_CHECK(again == rows, "rows survive");
  return 0;
}
