#include "model_names.h"

#include <utility>

namespace sermo::app {

std::vector<std::string> split_model_names(const std::vector<std::string>& lists) {
  std::vector<std::string> names;
  for (const std::string& list : lists) {
    std::string name;
    int depth = 0;
    for (char c : list) {
      if (c == '(') ++depth;
      if (c == ')') --depth;
      if (c != ',' || depth > 0) {
        name += c;
      } else if (!name.empty()) {
        names.push_back(std::exchange(name, {}));
      }
    }
    if (!name.empty()) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace sermo::app
