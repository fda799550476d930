// Recordings as a user names them: files, folders that are searched, or standard input.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sermo/base/error.h"

namespace sermo::app {

// An input as it was named, or a recording inside a folder that was named; or why there is none.
struct Input {
  std::string path;  // "-": standard input
  std::optional<Error> error;
};

// In the order of the names, each folder's in sorted path order.
std::vector<Input> expand(const std::vector<std::string>& named);

}  // namespace sermo::app
