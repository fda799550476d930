#include "sermo/base/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sermo {
namespace {

using ::testing::HasSubstr;
using Rows = std::vector<std::vector<std::string>>;

Result<Rows> parse(std::string_view text) {
  CsvReader reader(text);
  Rows rows;
  std::vector<std::string> fields;
  while (true) {
    SERMO_TRY(const bool more, reader.next(fields));
    if (!more) return rows;
    rows.push_back(fields);
  }
}

TEST(Csv, ReadsTheFormsOfRfc4180) {
  EXPECT_EQ(parse("aaa,bbb,ccc\r\nzzz,yyy,xxx\r\n").value(),
            (Rows{{"aaa", "bbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(parse("aaa,bbb\nzzz,yyy").value(), (Rows{{"aaa", "bbb"}, {"zzz", "yyy"}}));
  EXPECT_EQ(parse("\"aaa\",\"b\r\nbb\",\"ccc\"\nzzz,yyy,xxx").value(),
            (Rows{{"aaa", "b\r\nbb", "ccc"}, {"zzz", "yyy", "xxx"}}));
  EXPECT_EQ(parse("\"a\"\"b\",\"\"\"\",\"\"\r\n").value(), (Rows{{"a\"b", "\"", ""}}));
}

TEST(Csv, EmptyFieldsLinesAndTexts) {
  EXPECT_EQ(parse("").value(), Rows{});
  EXPECT_EQ(parse("\n\r\n\n").value(), Rows{});
  EXPECT_EQ(parse("\xEF\xBB\xBFpath\n").value(), (Rows{{"path"}}));
  EXPECT_EQ(parse(",\n\n,,x").value(), (Rows{{"", ""}, {"", "", "x"}}));
  EXPECT_EQ(parse(" a , b\rc\n").value(), (Rows{{" a ", " b\rc"}}));
}

TEST(Csv, MalformedQuotesAreCorruptAndTheLineIsNamed) {
  for (const char* text : {"a\n\"b\nc", "a\nb\"c,d", "a\n\"b\"c\n", "a\n\"b\" ,c\n"}) {
    const Result<Rows> rows = parse(text);
    ASSERT_FALSE(rows) << text;
    EXPECT_EQ(rows.error().code, ErrorCode::kCorrupt);
    EXPECT_THAT(rows.error().message, HasSubstr("line 2")) << text;
  }
}

TEST(Csv, LinesAreCountedThroughQuotes) {
  CsvReader reader("a\n\n\"x\ny\",b\nlast\n");
  std::vector<std::string> fields;
  std::vector<size_t> lines;
  while (reader.next(fields).value()) lines.push_back(reader.line());
  EXPECT_EQ(lines, (std::vector<size_t>{1, 3, 5}));
}

TEST(Csv, AnyTextComesBack) {
  const Rows rows = {{"plain", "with, comma", "with \"quotes\""},
                     {"", "line\nbreak", "carriage\rreturn"},
                     {"caf\xE9", "\r\n", "f\u00fcr"},
                     {"\"", ",", "x"},
                     {""},
                     {"\xEF\xBB\xBFmark"}};
  std::string text;
  for (const std::vector<std::string>& row : rows) append_csv_row(text, row);
  EXPECT_EQ(parse(text).value(), rows);
  std::string marked;
  append_csv_row(marked, rows.back());
  EXPECT_EQ(parse(marked).value(), Rows{rows.back()}) << "where it is the first row, too";
  EXPECT_TRUE(text.starts_with("plain,\"with, comma\",\"with \"\"quotes\"\"\"\n")) << text;
}

}  // namespace
}  // namespace sermo
