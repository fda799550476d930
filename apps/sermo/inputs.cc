#include "inputs.h"

#include <filesystem>
#include <span>

#include "sermo/data/scan.h"

namespace sermo::app {

std::vector<Input> expand(const std::vector<std::string>& named) {
  std::vector<Input> inputs;
  for (const std::string& name : named) {
    if (name == "-") {
      inputs.push_back({name, {}});
      continue;
    }
    const std::filesystem::path root = name;
    const data::Scan scan = data::scan(std::span(&root, 1));
    for (const data::ScannedFile& file : scan.files) inputs.push_back({file.path.string(), {}});
    for (const data::FailedFile& file : scan.failures) inputs.push_back({file.name, file.error});
  }
  return inputs;
}

}  // namespace sermo::app
