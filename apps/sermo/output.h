// Where a verb's results go: standard output as they come, or a file that appears whole at the end.
#pragma once

#include <string>
#include <string_view>

#include "console.h"
#include "sermo/base/result.h"

namespace sermo::app {

class Output {
 public:
  // An empty path or "-" means standard output.
  Output(const Console& console, std::string path);

  void write(std::string_view text);
  // kNotWritable when the file, or standard output, does not take it.
  Result<void> close();

 private:
  bool to_file() const { return !path_.empty() && path_ != "-"; }

  const Console& console_;
  std::string path_;
  std::string pending_;
};

}  // namespace sermo::app
