// Rows of text in aligned columns, for terminals. Width is counted in code points, so names beyond
// ASCII stay aligned.
#pragma once

#include <string>
#include <vector>

namespace sermo::app {

enum class Align { kLeft, kRight };

struct Column {
  std::string title;
  Align align = Align::kLeft;
};

class TextTable {
 public:
  explicit TextTable(std::vector<Column> columns);

  // One cell a column.
  void add_row(std::vector<std::string> cells);

  // Title line and rows, columns two spaces apart, each line ended; no trailing blanks.
  std::string str() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace sermo::app
