// Comma-separated values as RFC 4180 has them, read row by row.
//
// Fields may be quoted; inside quotes commas and line breaks are plain text and "" is a quote. Rows
// end with LF or CRLF; a UTF-8 byte order mark at the start and empty lines are passed over. What
// is written ends rows with LF and quotes only what needs it. Bytes are not looked at beyond that,
// so any encoding of file names survives. Thread rule: one reader belongs to one thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sermo/base/result.h"

namespace sermo {

class CsvReader {
 public:
  // `text` must outlive the reader.
  explicit CsvReader(std::string_view text);

  // Reads the next row into `fields`, whose memory is reused. False at the end. kCorrupt, with the
  // line, for a quote that is not closed, or that stands inside or beside an unquoted field.
  Result<bool> next(std::vector<std::string>& fields);

  // The line, from 1, on which the row last read begins.
  size_t line() const { return row_line_; }

 private:
  Result<void> read_field(std::string& field);
  bool at_line_break() const;
  void skip_line_break();

  std::string_view rest_;
  size_t next_line_ = 1;
  size_t row_line_ = 0;
};

// Appends one field, quoted where it must be, without a separator.
void append_csv_field(std::string& out, std::string_view field);

// Appends a whole row and its line break.
void append_csv_row(std::string& out, std::span<const std::string> fields);

}  // namespace sermo
