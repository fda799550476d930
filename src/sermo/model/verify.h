// Is a folder of models whole, and does each model still answer what it answered when written?
//
// Checked for every model of the manifest: its file is there, has the manifest's size and SHA-256,
// is a model of Sermo's; name, schema and labels are the manifest's; models trained on the same
// rows have the same scaler; and its known rows (artifact.h) get the labels and, within
// kKnownRowTolerance, the probabilities that were written with them. Thread rule: pure functions
// but for the file system.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sermo/base/result.h"
#include "sermo/model/artifact.h"

namespace sermo::model {

// Compilers, libraries and processors round differently; a changed weight shows far above this.
inline constexpr float kKnownRowTolerance = 1e-5f;

// What became of one model: no error, or the first thing that is wrong with it.
struct Finding {
  std::string name;
  std::string file;
  std::optional<Error> error;
};

// One finding a model, in the manifest's order; a fault in one does not stop the others. An error
// only where there is no manifest to go by, or it lists nothing.
Result<std::vector<Finding>> verify_folder(const std::filesystem::path& folder);

// The last of these checks alone. kMismatch for another answer, kCorrupt without known rows.
Result<void> check_known_rows(const Artifact& artifact);

}  // namespace sermo::model
