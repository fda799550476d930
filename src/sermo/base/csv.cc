#include "sermo/base/csv.h"

#include <fmt/format.h>

#include <algorithm>

namespace sermo {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(std::string_view text) : rest_(text) {
  if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
}

bool CsvReader::at_line_break() const {
  return rest_.starts_with('\n') || rest_.starts_with("\r\n");
}

void CsvReader::skip_line_break() {
  rest_.remove_prefix(rest_[0] == '\r' ? 2 : 1);
  ++next_line_;
}

Result<bool> CsvReader::next(std::vector<std::string>& fields) {
  while (at_line_break()) skip_line_break();
  row_line_ = next_line_;
  if (rest_.empty()) {
    fields.clear();
    return false;
  }
  size_t num_fields = 0;
  while (true) {
    if (num_fields == fields.size()) fields.emplace_back();
    SERMO_TRY_VOID(read_field(fields[num_fields]));
    ++num_fields;
    if (!rest_.starts_with(',')) break;
    rest_.remove_prefix(1);
  }
  fields.resize(num_fields);
  if (!rest_.empty()) skip_line_break();
  return true;
}

Result<void> CsvReader::read_field(std::string& field) {
  field.clear();
  const auto bad = [&](std::string_view what) {
    return fail(ErrorCode::kCorrupt, fmt::format("csv: line {}: {}", row_line_, what));
  };
  if (!rest_.starts_with('"')) {
    size_t end = 0;
    while (end < rest_.size() && rest_[end] != ',' && rest_[end] != '\n' &&
           !rest_.substr(end).starts_with("\r\n")) {
      if (rest_[end] == '"') return bad("a quote inside an unquoted field");
      ++end;
    }
    field = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return {};
  }
  rest_.remove_prefix(1);
  while (true) {
    const size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) return bad("a quoted field without its end");
    const std::string_view inside = rest_.substr(0, quote);
    next_line_ += static_cast<size_t>(std::count(inside.begin(), inside.end(), '\n'));
    field += inside;
    rest_.remove_prefix(quote + 1);
    if (!rest_.starts_with('"')) break;
    field += '"';
    rest_.remove_prefix(1);
  }
  if (!rest_.empty() && rest_[0] != ',' && !at_line_break())
    return bad("text beside a quoted field");
  return {};
}

void append_csv_field(std::string& out, std::string_view field) {
  // A byte order mark would be passed over if it were the first thing in the file.
  if (field.find_first_of(",\"\r\n") == std::string_view::npos &&
      !field.starts_with(kByteOrderMark)) {
    out += field;
    return;
  }
  out += '"';
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_csv_row(std::string& out, std::span<const std::string> fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) out += ',';
    append_csv_field(out, fields[i]);
  }
  if (fields.size() == 1 && fields[0].empty()) out += "\"\"";  // not an empty line
  out += '\n';
}

}  // namespace sermo
